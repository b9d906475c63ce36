import { RaftPanic } from "./errors.ts";
import { LogLevel, type RaftObserver } from "./observer.ts";

/** etcd prints node ids with `%x`. The storage threads have the last two ids of 64 bits there. */
export function hex(id: number): string {
  if (id >= 0) return id.toString(16);
  return `fffffffffffffff${(id + 16).toString(16)}`;
}

/**
 * The lines that etcd-io/raft would log. Callers ask {@link wants} first and only then build the
 * text: a run without an observer pays one null check a line.
 */
export class LogLines {
  readonly observer: RaftObserver | null;

  constructor(observer: RaftObserver | null) {
    this.observer = observer;
  }

  wants(level: LogLevel): boolean {
    const observer = this.observer;
    return observer !== null && observer.level <= level;
  }

  debug(text: string): void {
    this.write(LogLevel.Debug, text);
  }

  info(text: string): void {
    this.write(LogLevel.Info, text);
  }

  warn(text: string): void {
    this.write(LogLevel.Warn, text);
  }

  error(text: string): void {
    this.write(LogLevel.Error, text);
  }

  /** etcd's `Panicf`: says it aloud, then refuses to go on. */
  panic(text: string): never {
    this.write(LogLevel.Fatal, text);
    throw new RaftPanic(text);
  }

  private write(level: LogLevel, text: string): void {
    const observer = this.observer;
    if (observer !== null && observer.level <= level) observer.log(level, text);
  }
}
