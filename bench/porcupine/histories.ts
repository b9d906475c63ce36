import { rootRandom } from "../../src/base/random.ts";
import type { Operation } from "../../src/check/linearizability/operation.ts";
import type { RegisterInput, RegisterOutput } from "../../src/check/linearizability/register.ts";

/** An operation as main.go reads it. */
export interface RegisterOperation {
  readonly Client: number;
  /** ns */
  readonly Invoked: number;
  readonly Completed: number;
  readonly Kind: "read" | "write" | "cas";
  readonly Key: string;
  /** Written, or compared with. */
  readonly Argument: number;
  readonly Swap: number;
  /** What was read (-1: nothing), or 1 if a compare-and-set succeeded. */
  readonly Result: number;
}

type Asked = Omit<RegisterOperation, "Result"> & { readonly happened: number };

/** A linearizable history of registers: operations of several clients, who hardly ever wait. */
export function registerHistory(
  count: number,
  clients: number,
  keys: number,
): readonly RegisterOperation[] {
  const random = rootRandom(42).fork(`${count} ${clients} ${keys}`);
  const free = Array.from({ length: clients }, () => random.below(1_000_000));
  const asked = Array.from({ length: count }, (): Asked => {
    const client = free.indexOf(Math.min(...free));
    const invoked = free[client] as number;
    const took = 500_000 + random.below(1_000_000);
    free[client] = invoked + took + random.below(200_000);
    return {
      Client: client,
      Invoked: invoked,
      Completed: invoked + took,
      Kind: random.pick(["read", "read", "write", "cas"]),
      Key: `k${random.below(keys)}`,
      Argument: random.below(5),
      Swap: random.below(5),
      happened: invoked + random.below(took),
    };
  });
  const values = new Map<string, number>();
  const results = new Map<Asked, number>();
  for (const op of [...asked].sort((a, b) => a.happened - b.happened)) {
    const value = values.get(op.Key) ?? -1;
    const done = op.Kind === "write" || (op.Kind === "cas" && value === op.Argument);
    if (done) values.set(op.Key, op.Kind === "cas" ? op.Swap : op.Argument);
    results.set(op, op.Kind === "read" ? value : done ? 1 : 0);
  }
  return asked.map(({ happened: _, ...op }, i) => ({
    ...op,
    Result: results.get(asked[i] as Asked) as number,
  }));
}

/** The same as our search takes it. */
export function asOperations(
  history: readonly RegisterOperation[],
): Operation<RegisterInput, RegisterOutput>[] {
  return history.map(({ Client, Invoked, Completed, Kind, Key: key, Argument, Swap, Result }) => {
    const input: RegisterInput =
      Kind === "read"
        ? { f: "read", key }
        : Kind === "write"
          ? { f: "write", key, value: String(Argument) }
          : { f: "cas", key, from: String(Argument), to: String(Swap) };
    const value = Kind === "read" && Result >= 0 ? String(Result) : null;
    const output = { ok: Kind !== "cas" || Result === 1, value };
    return { client: String(Client), call: Invoked, return: Completed, line: 0, input, output };
  });
}
