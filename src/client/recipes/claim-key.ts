import { compare, op } from "../../api/build.ts";
import { leaseIdHex } from "../../api/lease-id.ts";
import type { KeyValue, RequestOp, ResponseHeader, ResponseOp } from "../../api/requests.ts";
import type { Task } from "../task.ts";
import type { Session } from "./session.ts";
import { waitDeletes } from "./wait.ts";

/** A session's place among those who want the same: the oldest key under a prefix is first. */
export interface ClaimedKey {
  /** The create revision of the key: grows from claim to claim. */
  readonly revision: number;
  readonly header: ResponseHeader;
  /** The key as an earlier claim of the same session left it; null: it was made now. */
  readonly found: KeyValue | null;
  /** What `also` came to. */
  readonly also: readonly ResponseOp[];
}

/** Who claims a key, under its lease: a session, or whoever has one of somebody else's. */
export type Claimant = Pick<Session, "client" | "lease">;

/** The key that a session claims under a prefix. */
export function keyOf({ lease }: Pick<Claimant, "lease">, prefix: string): string {
  return prefix + leaseIdHex(lease);
}

/** Makes the session's key unless it is there already, and does something else in the same go. */
export function* claimKey(
  { client, lease }: Claimant,
  key: string,
  value: string,
  also: readonly RequestOp[] = [],
): Task<ClaimedKey> {
  const absent = compare.created(key, "EQUAL", 0);
  const put = op.put(key, value, { lease });
  const request = op.txn([absent], [put, ...also], [op.get(key), ...also]);
  const { responses, header } = yield* client.do(request);
  const [own, ...rest] = responses;
  const found = own?.type === "range" ? (own.response.kvs[0] ?? null) : null;
  return { revision: found?.createRevision ?? header.revision, header, found, also: rest };
}

/** Waits until all older keys under the prefix are gone; throws SessionExpired if its own went first. */
export function* waitUntilFirst(
  session: Session,
  prefix: string,
  key: string,
  revision: number,
): Task<void> {
  yield* waitDeletes(session.client, prefix, revision - 1);
  // etcd's Campaign does without, and may let somebody lead whose session has expired.
  yield* session.checkKey(key);
}
