import { RaftPanic } from "./errors.ts";
import { LogLevel, type RaftObserver } from "./observer.ts";

/** Writes one line at the level it stands for. */
type Sink = (text: string) => void;

/** Those that have lines; each is its own place in the list. */
const LEVELS = [LogLevel.Debug, LogLevel.Info, LogLevel.Warn, LogLevel.Error, LogLevel.Fatal];

/**
 * Where raft's log lines go (etcd-io/raft's logger.go). What they say is in the folder `log-lines`.
 *
 * A level is null while nobody listens to it, and so that no text is built then, lines are written
 * as `logger.info?.(text)`: JavaScript does not look at the arguments of a call that it skips.
 */
export class Logger {
  readonly observer: RaftObserver | null;
  /** By level; empty without an observer. */
  private readonly sinks: readonly Sink[];

  constructor(observer: RaftObserver | null) {
    this.observer = observer;
    this.sinks =
      observer === null ? [] : LEVELS.map((level) => (text) => observer.log(level, text));
  }

  get debug(): Sink | null {
    return this.sinkOf(LogLevel.Debug);
  }

  get info(): Sink | null {
    return this.sinkOf(LogLevel.Info);
  }

  get warn(): Sink | null {
    return this.sinkOf(LogLevel.Warn);
  }

  get error(): Sink | null {
    return this.sinkOf(LogLevel.Error);
  }

  /** etcd's `Panicf`: logs the text, then throws it as a {@link RaftPanic}. */
  panic(text: string): never {
    this.sinkOf(LogLevel.Fatal)?.(text);
    throw new RaftPanic(text);
  }

  private sinkOf(level: LogLevel): Sink | null {
    const { observer } = this;
    return observer !== null && observer.level <= level ? (this.sinks[level] as Sink) : null;
  }
}
