import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Instant } from "../base/time.ts";
import type { LiveInput } from "../live/input.ts";
import { sessionEndLine, sessionHeaderLine, sessionInputLine } from "../live/session-file.ts";
import type { ScenarioData } from "../scenario/read/scenario-data.ts";
import { TraceDigest } from "../trace/digest.ts";

/** So many letters are written at once. */
const PIECE = 1 << 16;

/** Writes a session down while it goes on, so that it can be made again. */
export class SessionRecorder {
  /** To be a sink of the run. */
  readonly digest = new TraceDigest();
  private readonly path: string;
  private readonly file: number;
  private waiting = "";

  /** Throws where the file can't be written. */
  constructor(path: string, scenario: ScenarioData, backup: Uint8Array | null = null) {
    this.path = path;
    this.file = openSync(path, "w");
    this.write(sessionHeaderLine(scenario, backup));
  }

  input(at: Instant, input: LiveInput): void {
    this.write(sessionInputLine(at, input));
  }

  /** The file so far. */
  soFar(): Uint8Array {
    this.flush();
    return readFileSync(this.path);
  }

  /** The session ends; throws where what is left can't be written. */
  end(at: Instant): void {
    const { digest } = this;
    this.write(sessionEndLine({ at, events: digest.count, digest: digest.hex() }));
    this.flush();
    closeSync(this.file);
  }

  private write(line: string): void {
    this.waiting += line;
    if (this.waiting.length >= PIECE) this.flush();
  }

  private flush(): void {
    const { waiting } = this;
    this.waiting = "";
    const bytes = Buffer.from(waiting);
    for (let from = 0; from < bytes.length; ) from += writeSync(this.file, bytes, from);
  }
}
