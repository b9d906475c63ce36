import { resolve } from "node:path";
import { type History, HistoryError } from "../check/history/history.ts";
import { readHistory } from "../check/history/read-history.ts";
import { traceHistory } from "../check/history/trace-history.ts";
import { type CheckLimits, checkHistory } from "../check/linearizability/check-history.ts";
import { ETCD } from "../check/linearizability/etcd.ts";
import type { Model } from "../check/linearizability/model.ts";
import type { Operation } from "../check/linearizability/operation.ts";
import { REGISTER } from "../check/linearizability/register.ts";
import { TEXT } from "../check/linearizability/text.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { EXIT } from "./exit-codes.ts";
import { readText } from "./files/read-file.ts";
import { historyLines, type Judged } from "./history-text.ts";
import type { Io } from "./io.ts";
import { readRecorded } from "./sources/recorded-run.ts";
import { readSource } from "./sources/source.ts";

export interface CheckOptions {
  /** Real ms. */
  readonly time: number;
  /** MiB. */
  readonly memory: number;
  readonly json?: boolean;
  readonly times: boolean;
}

const MIB = 1024 * 1024;

/** Judges each file, and tells; the exit code. */
export function check(files: readonly string[], options: CheckOptions, io: Io): number {
  // All that is wrong with the input is said before anything takes long.
  const histories = files.map((file) => ({ file, history: read(file, io) }));
  const reports = histories.map(({ file, history }) => {
    const started = io.clock();
    const limits: CheckLimits = {
      stop: () => io.clock() - started > options.time,
      maxBytes: options.memory * MIB,
    };
    const judged = judge(history, limits);
    const ms = options.times ? Math.round(io.clock() - started) : null;
    if (!options.json) io.out(`${historyLines({ file, ms, ...judged }, io.colors).join("\n")}\n`);
    return { file, ms, ...judged };
  });
  if (options.json) {
    const shown = reports.map(({ file, ms, model, result }) => ({
      file,
      model,
      ...(ms === null ? {} : { ms }),
      verdict: result.verdict,
      bytes: result.bytes,
      partitions: result.partitions.map((each) => ({
        key: each.partition,
        verdict: each.verdict,
        operations: each.operations.length,
        ordered: each.order.length,
        blocked: each.blocked === -1 ? null : each.operations[each.blocked]?.line,
        state: each.stateText,
        configurations: each.configurations,
      })),
    }));
    io.out(`${JSON.stringify(shown, null, 2)}\n`);
  }
  return reports.every(({ result }) => result.verdict === "ok") ? EXIT.held : EXIT.failed;
}

function read(file: string, io: Io): History {
  const path = resolve(io.cwd, file);
  const source = readSource(file, path, null);
  if (source.text.startsWith('{"detcd":"trace"')) {
    return traceHistory(readRecorded(source).events);
  }
  // Histories are lines of JSON, too.
  const text = source.isWhole ? source.text : readText(path);
  try {
    return readHistory(text);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    throw InputError.plain(`${file}${error.line > 0 ? `:${error.line}` : ""}: ${error.message}`);
  }
}

function judge(history: History, limits: CheckLimits): Judged {
  switch (history.model) {
    case "register":
      return judgedBy(REGISTER, history.operations, limits);
    case "text":
      return judgedBy(TEXT, history.operations, limits);
    case "etcd":
      return judgedBy(ETCD, history.operations, limits);
  }
}

function judgedBy<Input, Output>(
  model: Model<Input, Output>,
  operations: readonly Operation<Input, Output>[],
  limits: CheckLimits,
): Judged {
  return {
    model: model.name,
    result: checkHistory(operations, model, limits),
    operationText: ({ input, output }) =>
      model.operationText(input as Input, output as Output | null),
  };
}
