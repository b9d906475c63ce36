import { type ChildProcess, spawn } from "node:child_process";

/** What a command line came to. */
export interface Outcome {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** The exit code, or the signal that ended it. */
  readonly exit: number | string;
}

/** A line that gives no answer within this is ended, so that the others have their turn. */
const HANGS_MS = 150_000;

/** A run of etcdctl. */
export class Etcdctl {
  readonly ended: Promise<Outcome>;
  private readonly process: ChildProcess;
  private readonly out: Buffer[] = [];
  private isEnded = false;

  constructor(
    binary: string,
    args: readonly string[],
    options: {
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      /** null: it is told later. */
      readonly stdin: string | null;
    },
  ) {
    // What the tests themselves were started with says nothing here.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("ETCDCTL_"));
    const child = spawn(binary, args, {
      cwd: options.cwd,
      env: { ...Object.fromEntries(own), ...options.env },
      stdio: "pipe",
    });
    this.process = child;
    let stderr = "";
    child.stdout.on("data", (piece: Buffer) => this.out.push(piece));
    child.stderr.on("data", (piece: Buffer) => {
      stderr += piece.toString();
    });
    // It may end before it has read all.
    child.stdin.on("error", () => undefined);
    if (options.stdin !== null) child.stdin.end(options.stdin);
    const hangs = setTimeout(() => child.kill("SIGKILL"), HANGS_MS);
    this.ended = new Promise((done, failed) => {
      child.on("error", failed);
      child.on("close", (code, signal) => {
        this.isEnded = true;
        clearTimeout(hangs);
        done({ stdout: Buffer.concat(this.out), stderr, exit: code ?? signal ?? "?" });
      });
    });
  }

  /** How many lines it has printed. */
  get lines(): number {
    return this.out.reduce((n, piece) => n + piece.toString("latin1").split("\n").length - 1, 0);
  }

  /** Waits until it has printed so many, or has ended, or `patienceMs` are over. */
  async hears(lines: number, patienceMs: number): Promise<void> {
    const until = Date.now() + patienceMs;
    while (this.lines < lines && !this.isEnded && Date.now() < until) await pause(20);
  }

  tell(text: string): void {
    this.process.stdin?.write(text);
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
