import { type ConfChangeSingle, ConfChangeType } from "../raft/types.ts";
import { parseUint64 } from "./go-number.ts";
import { trimSpace } from "./go-space.ts";

const TYPES: ReadonlyMap<string, ConfChangeType> = new Map([
  ["v", ConfChangeType.AddNode],
  ["l", ConfChangeType.AddLearnerNode],
  ["r", ConfChangeType.RemoveNode],
  ["u", ConfChangeType.UpdateNode],
]);

/**
 * Parses operations such as `v1 l2 r3 u4`: make a voter, make a learner, remove, update
 * (raftpb.ConfChangesFromString; tokens are separated by exactly one space).
 * @returns the text of Go's error for anything else.
 */
export function parseConfChanges(text: string): ConfChangeSingle[] | string {
  const trimmed = trimSpace(text);
  if (trimmed === "") return [];
  const changes: ConfChangeSingle[] = [];
  for (const token of trimmed.split(" ")) {
    if (token.length < 2) return `unknown token ${token}`;
    const type = TYPES.get(token.charAt(0));
    if (type === undefined) return `unknown input: ${token}`;
    const nodeId = parseUint64(token.slice(1));
    if (typeof nodeId === "string") return nodeId;
    if (nodeId > BigInt(Number.MAX_SAFE_INTEGER)) {
      return `node id ${nodeId} is above 2^53-1, the largest number that this harness can hold`;
    }
    changes.push({ type, nodeId: Number(nodeId) });
  }
  return changes;
}
