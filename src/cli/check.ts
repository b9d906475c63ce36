import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
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
import { parseTrace } from "../trace/ndjson.ts";
import { EXIT } from "./exit-codes.ts";
import { historyLines, type Judged } from "./history-text.ts";
import type { Io } from "./io.ts";
import { reason } from "./library.ts";
import { timeOption } from "./options.ts";

interface CheckOptions {
  readonly time: number;
  readonly memory: number;
  readonly json?: boolean;
}

const MIB = 1024 * 1024;

/** `detcd check`: is a history that a test wrote down linearizable? */
export function checkCommand(io: Io, done: (code: number) => void): Command {
  return new Command("check")
    .description("is a history linearizable? If not, which operations can't be ordered")
    .argument(
      "<history...>",
      "Jepsen's history.edn or log, porcupine's test histories, or a trace of detcd (.ndjson)",
    )
    .option("--time <time>", "give up after so long, for each file", timeOption, 60_000_000)
    .option("--memory <MiB>", "give up where more is needed, for each file", memoryOption, 1024)
    .option("--json", "print one report as JSON")
    .addHelpText(
      "after",
      `
Registers (:read, :write, :cas), texts (:get, :put, :append) and etcd's keys with their revisions are
known; a call without a return is pending, not wrong.
Exit codes: 0 all are linearizable, 1 one is not or was not decided, 2 bad input.

Examples:
  detcd check store/etcd/latest/history.edn
  detcd replay leader-crash --trace run.ndjson && detcd check run.ndjson`,
    )
    .action((files: string[], options: CheckOptions) => {
      done(check(files, options, io));
    });
}

function memoryOption(text: string): number {
  const mib = Number(text);
  if (!/^[0-9]+$/.test(text) || mib < 1 || mib > 65_536) {
    throw new InvalidArgumentError("memory is a whole number of MiB, 1 to 65536.");
  }
  return mib;
}

function check(files: readonly string[], options: CheckOptions, io: Io): number {
  // All that is wrong with the input is said before anything takes long.
  const histories = files.map((file) => ({ file, history: read(file, io) }));
  const reports = histories.map(({ file, history }) => {
    const started = io.clock();
    const limits: CheckLimits = {
      stop: () => (io.clock() - started) * 1000 > options.time,
      maxBytes: options.memory * MIB,
    };
    const judged = judge(history, limits);
    const ms = Math.round(io.clock() - started);
    if (!options.json) io.out(`${historyLines({ file, ms, ...judged }, io.colors).join("\n")}\n`);
    return { file, ms, ...judged };
  });
  if (options.json) {
    const shown = reports.map(({ file, ms, model, result }) => ({
      file,
      model,
      ms,
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
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, file), "utf8");
  } catch (error) {
    throw InputError.plain(`${file}: ${reason(error)}`);
  }
  if (text.startsWith('{"detcd":"trace"')) return traceHistory(parseTrace(text, file).events);
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
