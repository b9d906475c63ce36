import { describeJoint, describeMajority } from "../raft/quorum/describe.ts";
import { type JointVoters, jointCommitted, jointIds, jointVote } from "../raft/quorum/joint.ts";
import {
  COMMITS_EVERYTHING,
  majorityCommitted,
  majorityOf,
  majorityVote,
  VOTE_RESULT_NAMES,
} from "../raft/quorum/majority.ts";
import type { Index, NodeId } from "../raft/types.ts";
import { type Argument, scanUint } from "./argument.ts";
import { HarnessFatal } from "./failures.ts";
import type { Directive } from "./script.ts";

/**
 * The quorum files: `committed cfg=(1,2) cfgj=(2,3) idx=(5,_,7)` and `vote cfg=(1,2) votes=(y,_)`.
 *
 * `cfgj` makes the quorum joint; `cfgj=zero` joins it with an empty half. Values belong to the
 * voters of cfg, then to those of cfgj that are not in cfg; `_` says nothing of its voter. Where
 * another way of computing the same gives another result, the output says so.
 */

/** What is computed in other ways, too, takes the square of it. */
const VOTERS_MAX = 200;

interface QuorumArguments {
  readonly ids: NodeId[];
  readonly idsj: NodeId[];
  isJoint: boolean;
  /** 0 for `_`. */
  readonly indexes: Index[];
  /** 2 for yes, 1 for no, 0 for `_`. */
  readonly votes: number[];
}

/** A handler for one file; there is no state between commands. */
export function quorumHandler(): (directive: Directive) => string {
  return handle;
}

function handle({ command, args }: Directive): string {
  const parsed = parseArguments(args);
  const voters = { incoming: sorted(parsed.ids), outgoing: sorted(parsed.idsj) };
  if (parsed.ids.length + parsed.idsj.length > VOTERS_MAX) {
    throw new HarnessFatal(`a quorum has at most ${VOTERS_MAX} voters here`);
  }
  const input = command === "vote" ? parsed.votes : parsed.indexes;
  const all = jointIds(voters);
  if (all.length !== input.length) {
    const voterText = `map[${all.map((id) => `${id}:{}`).join(" ")}]`;
    const inputText = `[${input.map(indexText).join(" ")}]`;
    return `error: mismatched input (explicit or _) for voters ${voterText}: ${inputText}`;
  }
  const given = assign(parsed, input);
  switch (command) {
    case "committed":
      return parsed.isJoint ? committedJoint(voters, given) : committed(voters.incoming, given);
    case "vote":
      return vote(voters, parsed.isJoint, given);
    default:
      throw new HarnessFatal(`unknown command: ${command}`);
  }
}

function parseArguments(args: readonly Argument[]): QuorumArguments {
  const parsed: QuorumArguments = { ids: [], idsj: [], isJoint: false, indexes: [], votes: [] };
  for (const { key, values } of args) {
    for (const value of values) {
      if (key === "cfg") parsed.ids.push(scanUint(value));
      else if (key === "cfgj") addOutgoing(parsed, value, values.length);
      else if (key === "idx") parsed.indexes.push(parseIndex(value));
      else if (key === "votes") parsed.votes.push(parseVote(value));
      else throw new HarnessFatal(`unknown arg ${key}`);
    }
  }
  return parsed;
}

function addOutgoing(parsed: QuorumArguments, value: string, count: number): void {
  parsed.isJoint = true;
  if (value !== "zero") parsed.idsj.push(scanUint(value));
  else if (count !== 1) throw new HarnessFatal("cannot mix 'zero' into configuration");
}

function parseIndex(value: string): Index {
  if (value === "_") return 0;
  const index = scanUint(value);
  if (index === 0) throw new HarnessFatal("cannot use 0 as idx");
  return index;
}

function parseVote(value: string): number {
  const vote = ["_", "n", "y"].indexOf(value);
  if (vote < 0) throw new HarnessFatal(`unknown vote: ${value}`);
  return vote;
}

/** The values in the order in which the voters are written, without those given as `_`. */
function assign({ ids, idsj }: QuorumArguments, values: readonly number[]): Map<NodeId, number> {
  const given = new Map<NodeId, number>();
  let next = 0;
  for (const id of [...ids, ...idsj]) {
    if (given.has(id) || next >= values.length) continue;
    given.set(id, values[next] as number);
    next++;
  }
  for (const [id, value] of given) if (value === 0) given.delete(id);
  return given;
}

function committed(voters: readonly NodeId[], given: ReadonlyMap<NodeId, Index>): string {
  const acked = (id: NodeId) => given.get(id);
  const index = majorityCommitted(voters, acked);
  let text = describeMajority(voters, acked);
  const compare = (other: Index, how: string) => {
    if (other !== index) text += `${indexText(other)} <-- ${how}`;
  };
  compare(countedCommitted(voters, given), "via alternative computation\n");
  const withNothing = { incoming: voters, outgoing: [] };
  compare(jointCommitted(withNothing, acked), "via zero-joint quorum\n");
  const withItself = { incoming: voters, outgoing: voters };
  compare(jointCommitted(withItself, acked), "via self-joint quorum\n");
  for (const id of voters) {
    const own = given.get(id) ?? 0;
    if (own === 0 || index <= own) continue;
    // What is below the committed index already may sink further without changing it.
    compare(majorityCommitted(voters, overlay(given, id, own - 1)), `overlaying ${id}->${own}`);
    compare(majorityCommitted(voters, overlay(given, id, 0)), `overlaying ${id}->0`);
  }
  return `${text}${indexText(index)}\n`;
}

function committedJoint(voters: JointVoters, given: ReadonlyMap<NodeId, Index>): string {
  const acked = (id: NodeId) => given.get(id);
  const index = jointCommitted(voters, acked);
  const swapped = jointCommitted(swap(voters), acked);
  const note = swapped === index ? "" : `${indexText(swapped)} <-- via symmetry\n`;
  return `${describeJoint(voters, acked)}${note}${indexText(index)}\n`;
}

function vote(voters: JointVoters, isJoint: boolean, given: ReadonlyMap<NodeId, number>): string {
  const votes = new Map<NodeId, boolean>();
  for (const [id, value] of given) votes.set(id, value !== 1);
  if (!isJoint) return `${VOTE_RESULT_NAMES[majorityVote(voters.incoming, votes)]}\n`;
  const result = jointVote(voters, votes);
  const swapped = jointVote(swap(voters), votes);
  const note = swapped === result ? "" : `${VOTE_RESULT_NAMES[swapped]} <-- via symmetry\n`;
  return `${note}${VOTE_RESULT_NAMES[result]}\n`;
}

/** The committed index by its definition: the largest index that a majority has reached. */
function countedCommitted(voters: readonly NodeId[], given: ReadonlyMap<NodeId, Index>): Index {
  if (voters.length === 0) return COMMITS_EVERYTHING;
  let best = 0;
  for (const candidate of given.values()) {
    const reached = voters.filter((id) => (given.get(id) ?? 0) >= candidate).length;
    if (candidate > best && reached >= majorityOf(voters.length)) best = candidate;
  }
  return best;
}

function overlay(given: ReadonlyMap<NodeId, Index>, changed: NodeId, index: Index) {
  return (id: NodeId) => (id === changed ? index : given.get(id));
}

function swap({ incoming, outgoing }: JointVoters): JointVoters {
  return { incoming: outgoing, outgoing: incoming };
}

function sorted(ids: readonly NodeId[]): NodeId[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function indexText(index: Index): string {
  return index === COMMITS_EVERYTHING ? "∞" : String(index);
}
