import { STATE_TYPE_NAMES } from "../raft/types.ts";
import { type Command, firstPosition } from "./command.ts";
import { describeEntries } from "./describe.ts";
import { describeProgress } from "./describe-progress.ts";
import type { Environment } from "./environment.ts";

/** Looking at the nodes: `raft-log`, `raft-state`, `status`. */

/** `raft-log 1`: the entries in the node's storage. */
export const raftLog: Command = (environment, args) => printLog(environment, firstPosition(args));

/** `raft-state`: one line a node, as it sees itself. */
export const raftState: Command = ({ nodes, output }) => {
  for (const { id, raw } of nodes) {
    const { raft } = raw;
    const voter = raft.tracker.isVoter(id) ? "(Voter)" : "(Non-Voter)";
    const state = STATE_TYPE_NAMES[raft.state];
    output.writeLine(`${id}: ${state} ${voter} Term:${raft.term} Lead:${raft.lead}`);
  }
  return null;
};

/** `status 1`: the progress of each peer, if the node leads. */
export const status: Command = (environment, args) => {
  const { raw } = environment.node(firstPosition(args));
  environment.output.write(describeProgress(raw.status().progress.values()));
  return null;
};

/** Prints the entries in the storage of the node at `position`. */
export function printLog(environment: Environment, position: number): string | null {
  const { storage } = environment.node(position);
  const { output } = environment;
  const first = storage.firstIndex();
  const last = storage.lastIndex();
  if (last < first) {
    output.write(`log is empty: first index=${first}, last index=${last}`);
    return null;
  }
  output.write(describeEntries(storage.allEntries()));
  return null;
}
