import { terminalText } from "../base/terminal-text.ts";
import type { HistoryResult, PartitionResult } from "../check/linearizability/check-history.ts";
import type { Operation } from "../check/linearizability/operation.ts";
import { counted, GREEN, paint, RED, YELLOW } from "./text.ts";

/** A result for people: what the model says of an operation goes along. */
export interface Judged {
  readonly model: string;
  readonly result: HistoryResult<unknown, unknown>;
  readonly operationText: (operation: Operation) => string;
}

/** The bars are drawn so wide. */
const WIDTH = 48;
/** Operations drawn of what can't be ordered: those around the one that is in the way. */
const SHOWN = 14;

/** What came of a history, for people: a line if all is well, else what can't be ordered, drawn. */
export function historyLines(
  {
    file,
    ms,
    model,
    result,
    operationText,
  }: Judged & { readonly file: string; readonly ms: number | null },
  colors: boolean,
): string[] {
  const words = {
    ok: paint(colors, GREEN, "linearizable"),
    illegal: paint(colors, RED, "NOT linearizable"),
    unknown: paint(colors, YELLOW, "unknown"),
  };
  const count = result.partitions.reduce((sum, each) => sum + each.operations.length, 0);
  const keys = result.partitions.length;
  const what = `${counted(count, "operation")} on ${counted(keys, "key")} (${model})`;
  const time = ms === null ? "" : ` · ${ms} ms`;
  const lines = [`${file}: ${words[result.verdict]} · ${what}${time}`];
  for (const part of result.partitions) {
    if (part.verdict === "illegal") lines.push(...illegalLines(part, operationText, colors));
  }
  if (result.verdict === "unknown") {
    const open = result.partitions.filter(({ verdict }) => verdict === "unknown");
    lines.push(
      `  not decided within the limits: ${open.map(nameOf).join(", ")}; see --time and --memory`,
    );
  }
  return lines;
}

function nameOf({ partition }: { readonly partition: string }): string {
  return partition === "" ? "the register" : `key ${terminalText(partition)}`;
}

function illegalLines(
  part: PartitionResult<unknown, unknown>,
  describe: (operation: Operation) => string,
  colors: boolean,
): string[] {
  const { operations, order, blocked } = part;
  // What stands in somebody's file must not steer the terminal.
  const operationText = (operation: Operation) => terminalText(describe(operation));
  const stateText = terminalText(part.stateText);
  const wrong = operations[blocked] as Operation;
  const taken = new Set(order);
  const overlapping = [...operations.keys()].filter((i) => {
    const { call, return: end } = operations[i] as Operation;
    return call <= wrong.return && end >= wrong.call && i !== blocked;
  });
  const before = order.filter((i) => !overlapping.includes(i)).slice(-4);
  const others = [...new Set([...before, ...overlapping])].slice(-SHOWN);
  const shown = [...others, blocked].sort(
    (a, b) => (operations[a] as Operation).call - (operations[b] as Operation).call,
  );
  const left = overlapping.length + before.length - others.length;
  const rows = shown.map((i) => operations[i] as Operation);
  const bars = barsOf(rows);
  const texts = rows.map((each) => `${each.client} ${operationText(each)}`);
  const wide = Math.min(40, Math.max(...texts.map((text) => text.length)));
  return [
    `  ${nameOf(part)}: ${order.length} of ${operations.length} operations can be put in an order; then it holds ${stateText},`,
    `  and no order has room for ${paint(colors, RED, operationText(wrong))} (${wrong.client}, line ${wrong.line})`,
    ...shown.map((i, row) => {
      const mark = i === blocked ? paint(colors, RED, "✗") : taken.has(i) ? "✓" : " ";
      const text = (texts[row] as string).slice(0, wide).padEnd(wide);
      return `  ${mark} ${text} ${bars[row]} line ${(rows[row] as Operation).line}`;
    }),
    ...(left > 0 ? [`    … and ${left} more beside it`] : []),
  ];
}

/** Each operation from its call to its return, by rank: what matters is who came first. */
function barsOf(rows: readonly Operation[]): string[] {
  const times = [...new Set(rows.flatMap(({ call, return: end }) => [call, end]))].sort(
    (a, b) => a - b,
  );
  const column = (time: number) => {
    if (time === Number.POSITIVE_INFINITY) return WIDTH - 1;
    return Math.round((times.indexOf(time) * (WIDTH - 2)) / Math.max(1, times.length - 1));
  };
  return rows.map(({ call, return: end }) => {
    const from = column(call);
    const to = Math.max(from + 1, column(end));
    const last = end === Number.POSITIVE_INFINITY ? "→" : "┤";
    return `${" ".repeat(from)}├${"─".repeat(Math.max(0, to - from - 1))}${last}`.padEnd(WIDTH + 1);
  });
}
