import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How a program is started that speaks for a client library. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What came of a command, and after how long. */
export interface Outcome {
  /** `silence`: nothing came as long as we waited. */
  readonly kind: "ok" | "error" | "silence";
  readonly ms: number;
  /** The error's class, as its language names it. */
  readonly type: string;
  readonly text: string;
  readonly value: unknown;
}

/** The library cannot do what is asked of it at all. */
export class Lacking extends Error {
  override name = "Lacking";
}

/** What a program tells by itself: an event of a watch, the end of a lease. */
export interface Told {
  readonly event: "put" | "delete" | "watch-error" | "watch-end" | "lease-lost";
  readonly key?: string;
  readonly value?: string;
  readonly type?: string;
  readonly text?: string;
  readonly atMs: number;
}

type Said = { readonly id?: number; readonly error?: { type?: string; text?: string } } & Record<
  string,
  unknown
>;

/**
 * A client library in a process of its own. It is told what to do by a line of JSON, `{"id": 1, "do": "put", "key":
 * "a", "value": "1"}`, and answers by one, `{"id": 1}` or `{"id": 1, "error": {"type": "…", "text": "…"}}`, whenever
 * the library does; what a watch hears comes in between, `{"event": "put", "key": "a", "value": "1"}`.
 */
export class Speaker {
  readonly told: Told[] = [];
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, (said: Said) => void>();
  private last = 0;
  private errors = "";

  constructor({ file, args, env = {} }: Command) {
    this.process = spawn(file, args, { env: { ...process.env, ...env } });
    this.process.stdin.on("error", () => undefined);
    this.process.stderr.on("data", (piece: Buffer) => {
      this.errors = `${this.errors}${piece}`.slice(-4000);
    });
    createInterface({ input: this.process.stdout }).on("line", (line) => this.hear(line));
    const gone = (text: string) => {
      for (const settle of this.waiting.values()) settle({ error: { type: "exit", text } });
      this.waiting.clear();
    };
    this.process.on("error", ({ message }) => gone(message));
    this.process.on("exit", (code) => gone(`the program ended with ${code}`));
  }

  /** Waits for what comes of it, but not longer than that. */
  ask(what: string, words: Readonly<Record<string, unknown>> = {}, waitMs = 20_000) {
    const id = ++this.last;
    const began = performance.now();
    const since = () => Math.round(performance.now() - began);
    this.process.stdin.write(`${JSON.stringify({ id, do: what, ...words })}\n`);
    return new Promise<Outcome>((done) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        done({ kind: "silence", ms: since(), type: "", text: "", value: undefined });
      }, waitMs);
      this.waiting.set(id, ({ error, value }) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        const { type = "", text = "" } = error ?? {};
        done({ kind: error === undefined ? "ok" : "error", ms: since(), type, text, value });
      });
    });
  }

  /** What must go well before a fault makes sense. */
  async must(what: string, words: Readonly<Record<string, unknown>> = {}): Promise<Outcome> {
    const outcome = await this.ask(what, words, 60_000);
    if (outcome.kind === "ok") return outcome;
    const { kind, type, text } = outcome;
    if (type === "Lacking") throw new Lacking(text);
    throw new Error(`${what}: ${kind} ${type} ${text}\n${this.errors}`);
  }

  /** Waits until it has told that; whether it has. */
  async until(holds: (told: readonly Told[]) => boolean, waitMs: number): Promise<boolean> {
    const ends = performance.now() + waitMs;
    while (!holds(this.told)) {
      if (performance.now() > ends) return false;
      await new Promise((later) => setTimeout(later, 20));
    }
    return true;
  }

  stop(): void {
    this.process.kill("SIGKILL");
  }

  private hear(line: string): void {
    if (!line.startsWith("{")) return;
    const said = JSON.parse(line) as Said;
    if (said.id !== undefined) this.waiting.get(said.id)?.(said);
    else this.told.push({ ...(said as unknown as Told), atMs: performance.now() });
  }
}
