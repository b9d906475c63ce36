import { compare, op } from "../../api/build.ts";
import type { KeyValue } from "../../api/requests.ts";
import type { Client } from "../client.ts";
import { type Task, TaskError } from "../task.ts";
import { sorted } from "./wait.ts";

/** A key that a recipe made (client/v3/experimental/recipes/key.go). */
export interface MadeKey {
  readonly key: string;
  /** The revision that made it. */
  readonly revision: number;
}

export class KeyExists extends TaskError {
  override name = "KeyExists";
}

/** Makes a key that does not exist; `lease` 0n: without a lease. */
export function* makeKey(client: Client, key: string, value: string, lease = 0n): Task<MadeKey> {
  const { succeeded, header } = yield* client.do(
    op.txn([compare.version(key, "EQUAL", 0)], [op.put(key, value, { lease })]),
  );
  if (!succeeded) throw new KeyExists(`key exists: ${key}`);
  return { key, revision: header.revision };
}

/** Makes `<prefix>/<time in ns>`, at a later time if somebody has that one. */
export function* makeUniqueKey(
  client: Client,
  prefix: string,
  value: string,
  lease = 0n,
): Task<MadeKey> {
  for (;;) {
    try {
      return yield* makeKey(client, `${prefix}/${client.now}000`, value, lease);
    } catch (error) {
      if (!(error instanceof KeyExists)) throw error;
    }
  }
}

const DIGITS = 16;

/**
 * Makes the next of `<prefix>/0000000000000000`, `…1`, …. A key `__<prefix>` is written with each, so
 * that two who saw the same last key can't both be right.
 */
export function* makeSequentialKey(client: Client, prefix: string, value: string): Task<MadeKey> {
  const base = `__${prefix}`;
  for (;;) {
    const { kvs, header } = yield* client.do({
      type: "range",
      request: sorted(prefix, "KEY", "DESCEND"),
    });
    const last = kvs[0]?.key.split("/").at(-1);
    const number = last === undefined ? 0 : Number.parseInt(last, 10) + 1;
    if (!Number.isSafeInteger(number))
      throw new TaskError(`no number at the end of a key: ${last}`);
    const key = `${prefix}/${String(number).padStart(DIGITS, "0")}`;
    const made = yield* client.do(
      op.txn(
        [compare.modified(base, "LESS", header.revision + 1)],
        [op.put(base, ""), op.put(key, value)],
      ),
    );
    if (made.succeeded) return { key, revision: made.header.revision };
  }
}

/** Deletes a key as it was seen; false if somebody else was faster. */
export function* claim(client: Client, { key, modRevision }: KeyValue): Task<boolean> {
  const guard = compare.modified(key, "EQUAL", modRevision);
  return (yield* client.do(op.txn([guard], [op.delete(key)]))).succeeded;
}
