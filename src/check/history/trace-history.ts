import type { ClientOp, ClientResult, TraceEvent } from "../../trace/events.ts";
import type { EtcdInput, EtcdOutput } from "../linearizability/etcd.ts";
import type { Operation } from "../linearizability/operation.ts";
import type { History } from "./history.ts";

interface Invoked {
  readonly client: string;
  readonly input: EtcdInput;
  readonly seq: number;
}

/**
 * What clients of a run asked for and were answered, by key. Times are the events' numbers: what ends and
 * what begins in the same µs has an order, too. What members applied tells of each write in doubt whether
 * it happened, and of writes that are no operation on one key (of transactions, expired leases, ranges):
 * those are somebody's, at a time that is not known. Serializable gets are left out: they promise less.
 */
export function traceHistory(events: readonly TraceEvent[]): History {
  const open = new Map<number, Invoked>();
  const operations: Operation<EtcdInput, EtcdOutput>[] = [];
  const doubtful: Invoked[] = [];
  const applied = new Map<string, AppliedWrite>();
  for (const event of events) {
    if (event.kind === "invoke") {
      const input = inputOf(event.request);
      if (input === null) continue;
      open.set(event.op, { client: `c${event.client}`, input, seq: event.seq });
    } else if (event.kind === "complete") {
      const invoked = open.get(event.op);
      open.delete(event.op);
      if (invoked === undefined || event.outcome === "fail") continue;
      if (event.outcome !== "ok" || event.result === null) doubtful.push(invoked);
      else {
        const output = outputOf(invoked.input, event.result);
        operations.push(operation(invoked, output, event.seq));
      }
    } else if (event.kind === "changes") {
      for (const { type, key, value } of event.changes) {
        const input: EtcdInput = type === "put" ? { f: "put", key, value } : { f: "delete", key };
        applied.set(`${event.revision} ${key}`, { input, revision: event.revision });
      }
    }
  }
  for (const { input, output } of operations) {
    if (input.f !== "get") applied.delete(`${output?.revision} ${input.key}`);
  }
  doubtful.push(...open.values());
  const never = Number.POSITIVE_INFINITY;
  for (const { input, revision } of applied.values()) {
    const output = { revision, value: null, deleted: input.f === "delete" };
    const asked = takeSame(doubtful, input) ?? { client: "others", input, seq: 0 };
    operations.push(operation(asked, output, never));
  }
  // All that took effect was applied somewhere: the others in doubt did not happen.
  return {
    model: "etcd",
    operations: operations.sort((a, b) => a.call - b.call || a.line - b.line),
  };
}

interface AppliedWrite {
  readonly input: EtcdInput;
  readonly revision: number;
}

function operation(
  { client, input, seq }: Invoked,
  output: EtcdOutput,
  end: number,
): Operation<EtcdInput, EtcdOutput> {
  return { client, input, output, call: seq, return: end, line: seq };
}

/** The first of them that may be it, which is not there any more then. */
function takeSame(doubtful: Invoked[], input: EtcdInput): Invoked | undefined {
  const at = doubtful.findIndex(
    (each) =>
      each.input.f === input.f &&
      each.input.key === input.key &&
      (each.input.f !== "put" || each.input.value === (input as { value?: string }).value),
  );
  return at === -1 ? undefined : doubtful.splice(at, 1)[0];
}

function inputOf(request: ClientOp): EtcdInput | null {
  switch (request.type) {
    case "put":
      return { f: "put", key: request.key, value: request.value };
    case "get":
      return request.serializable ? null : { f: "get", key: request.key };
    case "delete":
      return { f: "delete", key: request.key };
    default:
      return null;
  }
}

function outputOf(input: EtcdInput, result: ClientResult): EtcdOutput {
  switch (input.f) {
    case "get":
      return { revision: result.modRevision ?? 0, value: result.value ?? null, deleted: false };
    case "put":
      return { revision: result.revision, value: null, deleted: false };
    case "delete": {
      const deleted = (result.deleted ?? 0) > 0;
      return { revision: deleted ? result.revision : 0, value: null, deleted };
    }
  }
}
