import { describe, expect, it } from "vitest";
import { RaftPanic } from "../../src/raft/errors.ts";
import { Logger } from "../../src/raft/logger.ts";
import { LogLevel, type RaftObserver } from "../../src/raft/observer.ts";

/** Writes one line at each level; returns the levels for which a text was built. */
function built(logger: Logger): string[] {
  const levels: string[] = [];
  const text = (level: string): string => {
    levels.push(level);
    return `at ${level}`;
  };
  logger.debug?.(text("debug"));
  logger.info?.(text("info"));
  logger.warn?.(text("warn"));
  logger.error?.(text("error"));
  return levels;
}

function observing(level: LogLevel): { observer: RaftObserver; lines: string[] } {
  const lines: string[] = [];
  const log = (of: LogLevel, text: string): void => void lines.push(`${of} ${text}`);
  return { observer: { level, log, role: () => {} }, lines };
}

describe("the logger", () => {
  it("builds no text while nobody listens", () => {
    expect(built(new Logger(null))).toEqual([]);
    expect(built(new Logger(observing(LogLevel.None).observer))).toEqual([]);
  });

  it("builds and hands over what is at or above the observer's level", () => {
    const { observer, lines } = observing(LogLevel.Warn);
    expect(built(new Logger(observer))).toEqual(["warn", "error"]);
    expect(lines).toEqual([`${LogLevel.Warn} at warn`, `${LogLevel.Error} at error`]);
  });

  it("follows an observer that changes its level", () => {
    const { observer, lines } = observing(LogLevel.None);
    const logger = new Logger(observer);
    Object.assign(observer, { level: LogLevel.Debug });
    expect(built(logger)).toEqual(["debug", "info", "warn", "error"]);
    expect(lines).toHaveLength(4);
  });

  it("throws what it panics with, whether or not somebody listens", () => {
    const { observer, lines } = observing(LogLevel.Fatal);
    expect(() => new Logger(observer).panic("lost")).toThrow(new RaftPanic("lost"));
    expect(lines).toEqual([`${LogLevel.Fatal} lost`]);
    expect(() => new Logger(null).panic("lost")).toThrow(new RaftPanic("lost"));
  });
});
