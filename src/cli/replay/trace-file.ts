import { closeSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { TraceDigest } from "../../trace/digest.ts";
import { Layer, type TraceEvent, type TraceHeader } from "../../trace/events.ts";
import { encodeEvent, endLine, headerLine } from "../../trace/ndjson.ts";
import type { TraceSink } from "../../trace/trace.ts";
import { tryOutput } from "../files/output-file.ts";
import { reason } from "../files/reason.ts";
import type { Io } from "../io.ts";
import type { Source } from "../sources/source.ts";
import type { ReplayOptions } from "./options.ts";

/** Whether the trace could be written, asked before the run. Throws InputError. */
export function tryTrace({ trace }: ReplayOptions, { path }: Source, io: Io): void {
  if (trace !== undefined) tryOutput("--trace", trace, path === null ? [] : [path], io);
}

/** So many letters are written at once. */
const PIECE = 1 << 20;

/**
 * Writes a trace while the run goes on: it may be longer than what a process can hold. That it can't be
 * written after all costs a line: the run is made, and its verdict is what counts.
 */
export class TraceFile implements TraceSink {
  readonly layers = Layer.All;
  readonly keeps = false;
  readonly #name: string;
  readonly #io: Io;
  readonly #digest = new TraceDigest();
  #file: number | null = null;
  #waiting = "";

  /** @param name as it was given, and as messages have it */
  constructor(name: string, header: TraceHeader, io: Io) {
    this.#name = name;
    this.#io = io;
    this.#try(() => {
      this.#file = openSync(resolve(io.cwd, name), "w");
    });
    this.#write(headerLine(header));
  }

  event(event: TraceEvent): void {
    if (this.#file === null) return;
    this.#digest.event(event);
    this.#write(`${encodeEvent(event)}\n`);
  }

  /** The run has ended. */
  end(): void {
    this.#write(endLine(this.#digest.count, this.#digest.hex()));
    this.close();
  }

  /** What was written so far stays. */
  close(): void {
    this.#flush();
    const file = this.#file;
    this.#file = null;
    if (file !== null) this.#try(() => closeSync(file));
  }

  #write(line: string): void {
    this.#waiting += line;
    if (this.#waiting.length >= PIECE) this.#flush();
  }

  #flush(): void {
    const file = this.#file;
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = "";
    if (file === null) return;
    this.#try(() => {
      for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
    });
  }

  /** The first time that something goes wrong is the last. */
  #try(write: () => void): void {
    try {
      write();
    } catch (error) {
      const file = this.#file;
      this.#file = null;
      this.#io.error(`${this.#name}: the trace can't be written: ${reason(error, "folder")}\n`);
      if (file !== null) {
        try {
          closeSync(file);
        } catch {
          // It was told what is wrong with it.
        }
      }
    }
  }
}
