import type { NodeId } from "../../raft/types.ts";

/** Raft's node ids go to here (a machine number, too). */
export const MAX_NODE: NodeId = 63;

const MACHINE = /^https?:\/\/m([1-9]\d?):\d+$/;

/** The number of the machine that a URL names (`http://m4:2380` is 4); null if it names none. */
export function machineOf(url: string): NodeId | null {
  const node = Number(MACHINE.exec(url)?.[1] ?? 0);
  return node >= 1 && node <= MAX_NODE ? node : null;
}

/**
 * The node id for a new member: its machine's number, unless a member has or had that; else the
 * next that nobody ever had. null if there is none left.
 */
export function chooseNode(peerUrls: readonly string[], used: ReadonlySet<NodeId>): NodeId | null {
  for (const url of peerUrls) {
    const node = machineOf(url);
    if (node !== null && !used.has(node)) return node;
  }
  const next = Math.max(0, ...used) + 1;
  if (next <= MAX_NODE) return next;
  for (let node = 1; node <= MAX_NODE; node++) if (!used.has(node)) return node;
  return null;
}
