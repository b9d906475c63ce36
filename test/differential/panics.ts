import { Errors } from "../../src/api/errors.ts";
import { errorJson } from "./answers.ts";
import type { JsonObject } from "./json.ts";

/**
 * A transaction that deletes keys up to the open end and puts one of them with `ignore_value` or
 * `ignore_lease` gets past etcd's checks; then it fails half-way, and the member panics, again after each
 * restart: up to 3.6 over the error, in 3.7 over the first of no values. Ours refuses it.
 */
const PANIC =
  /panic: unexpected error during txn: etcdserver: key not found|index out of range \[0\] with length 0[\s\S]*txn\.put/;

/** What etcd should have answered in the place of this panic; rethrows any other end. */
export function refusalInPanic(died: Error): JsonObject {
  if (!PANIC.test(died.message)) throw died;
  return errorJson(Errors.keyNotFound);
}
