import { utf8Encode } from "../../base/utf8.ts";
import { sha1 } from "./sha1.ts";

/**
 * The 64-bit ids that clients see (server/etcdserver/api/membership, computeMemberId and genID).
 * Raft itself knows members by their small node ids.
 */

/**
 * A founder's: all founders must find the same for themselves.
 *
 * @param token the cluster's (`--initial-cluster-token`), so that two clusters on the same machines differ
 */
export function founderId(peerUrls: readonly string[], token: string): bigint {
  return memberId(peerUrls, token);
}

/**
 * That of a member that is added, without the token (v3rpc/member.go).
 *
 * @param unixSeconds when, so that a machine that comes back is another member
 */
export function addedId(peerUrls: readonly string[], unixSeconds: number): bigint {
  return memberId(peerUrls, String(unixSeconds));
}

function memberId(peerUrls: readonly string[], rest: string): bigint {
  return first64(sha1(utf8Encode(peerUrls.toSorted().join("") + rest)));
}

/** A cluster is named by its founders. */
export function clusterId(founders: readonly bigint[]): bigint {
  const bytes = new Uint8Array(8 * founders.length);
  const view = new DataView(bytes.buffer);
  founders.toSorted(byValue).forEach((id, i) => {
    view.setBigUint64(8 * i, id);
  });
  return first64(sha1(bytes));
}

/** As etcd prints it and names it in its buckets: hex digits without zeros in front. */
export function idText(id: bigint): string {
  return id.toString(16);
}

/** null if the text is no id. */
export function parseId(text: string): bigint | null {
  return /^[0-9a-fA-F]{1,16}$/.test(text) ? BigInt(`0x${text}`) : null;
}

export function byValue(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function first64(hash: Uint8Array): bigint {
  return new DataView(hash.buffer, hash.byteOffset).getBigUint64(0);
}
