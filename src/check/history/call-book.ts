import type { Operation } from "../linearizability/operation.ts";
import { HistoryError } from "./history.ts";

interface Open<Input> {
  readonly input: Input;
  readonly call: number;
  readonly line: number;
}

/**
 * Pairs the invocations of processes with what they were answered. A process asks for one thing at a
 * time; what has no end yet when the file ends is pending, not wrong.
 */
export class CallBook<Input, Output> {
  private readonly open = new Map<string, Open<Input>>();
  private readonly ended: Operation<Input, Output>[] = [];

  /** Throws HistoryError if the process waits for an answer. */
  invoke(client: string, input: Input, at: number, line: number): void {
    const before = this.open.get(client);
    if (before !== undefined) {
      throw new HistoryError(
        line,
        `process ${client} still waits for what it asked for in line ${before.line}`,
      );
    }
    this.open.set(client, { input, call: at, line });
  }

  /** What the process waits for; throws HistoryError if that is nothing. */
  waiting(client: string, line: number): Input {
    const open = this.open.get(client);
    if (open === undefined)
      throw new HistoryError(line, `process ${client} did not ask for anything`);
    return open.input;
  }

  /** `output` null: that it ended is known, but not how. */
  complete(client: string, output: Output | null, at: number, line: number): void {
    this.waiting(client, line);
    this.end(client, output, at);
  }

  /** It certainly did not happen. */
  fail(client: string, line: number): void {
    this.waiting(client, line);
    this.open.delete(client);
  }

  /** It may have happened, or may yet. */
  doubt(client: string, line: number): void {
    this.waiting(client, line);
    this.end(client, null, Number.POSITIVE_INFINITY);
  }

  private end(client: string, output: Output | null, at: number): void {
    const { input, call, line } = this.open.get(client) as Open<Input>;
    this.open.delete(client);
    this.ended.push({ client, input, output, call, return: at, line });
  }

  /** All operations in the order of their calls. */
  operations(): Operation<Input, Output>[] {
    for (const client of [...this.open.keys()]) this.end(client, null, Number.POSITIVE_INFINITY);
    return this.ended.sort((a, b) => a.call - b.call || a.line - b.line);
  }
}
