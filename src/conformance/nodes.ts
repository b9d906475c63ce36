import { utf8Encode } from "../base/utf8.ts";
import { type Config, NO_LIMIT, ReadOnlyOption } from "../raft/config.ts";
import { RawNode } from "../raft/raw-node.ts";
import type { NodeId, Snapshot } from "../raft/types.ts";
import { type Argument, scanBool, scanInt, scanLimit, scanUint } from "./argument.ts";
import { argumentAt, type Command, firstNumber, firstPosition } from "./command.ts";
import type { Environment } from "./environment.ts";
import { HarnessFatal } from "./failures.ts";
import { quoteText } from "./go-format.ts";
import { parseUint64 } from "./go-number.ts";
import { printLog } from "./inspection.ts";
import { NodeStorage } from "./node-storage.ts";
import { StateMachine } from "./state-machine.ts";

/** Making nodes and cutting their logs: `add-nodes`, `compact`. */

/** What `add-nodes` takes besides the number of nodes. */
interface NodeOptions {
  voters: NodeId[];
  learners: NodeId[];
  index: number;
  /** null: not given, which is something else than empty. */
  content: Uint8Array | null;
  inflight: number;
  asyncStorageWrites: boolean;
  preVote: boolean;
  checkQuorum: boolean;
  maxCommittedSizePerReady: number;
  disableConfChangeValidation: boolean;
  readOnlyOption: Config["readOnlyOption"];
  stepDownOnRemoval: boolean;
}

const ELECTION_TICK = 3;
const HEARTBEAT_TICK = 1;
/** The original has no limit but the machine's memory. */
const NODES_MAX = 100;
const MAX_INT32 = 0x7fffffff;

/**
 * `add-nodes 3 voters=(1,2,3) learners=(4) index=10 content=foo inflight=3 ...`: nodes with the
 * next ids, which all start from the same snapshot.
 */
export const addNodes: Command = (environment, args) => {
  const count = firstNumber(args);
  const options = parseOptions(args.slice(1));
  if (typeof options === "string") return options;
  if (environment.nodes.length + count > NODES_MAX) {
    throw new HarnessFatal(`a group has at most ${NODES_MAX} nodes here`);
  }
  for (let i = 0; i < count; i++) {
    const error = addNode(environment, options);
    if (error !== null) return error;
  }
  return null;
};

/** `compact 1 5`: node 1's storage forgets the entries up to 5, and what is left is printed. */
export const compact: Command = (environment, args) => {
  const position = firstPosition(args);
  const index = parseUint64(argumentAt(args, 1).key);
  if (typeof index === "string") return index;
  const error = environment.node(position).storage.tryCompact(Number(index));
  return error ?? printLog(environment, position);
};

function addNode(environment: Environment, options: NodeOptions): string | null {
  const id = environment.nodes.length + 1;
  const snapshot = initialSnapshot(options);
  const stateMachine = new StateMachine(snapshot);
  const storage = new NodeStorage(stateMachine);
  const error = isBootstrapped(options) ? bootstrap(storage, snapshot) : null;
  if (error !== null) return error;
  environment.nodes.push({
    id,
    raw: new RawNode(configOf(id, options, storage, environment)),
    storage,
    asyncStorageWrites: options.asyncStorageWrites,
    electionTick: ELECTION_TICK,
    heartbeatTick: HEARTBEAT_TICK,
    appendWork: [],
    applyWork: [],
    stateMachine,
  });
  return null;
}

/** @returns the option that has an unknown value, as Go's error text. */
function parseOptions(args: readonly Argument[]): NodeOptions | string {
  const options: NodeOptions = {
    voters: [],
    learners: [],
    index: 0,
    content: null,
    inflight: MAX_INT32,
    asyncStorageWrites: false,
    preVote: false,
    checkQuorum: false,
    maxCommittedSizePerReady: 0,
    disableConfChangeValidation: false,
    readOnlyOption: ReadOnlyOption.Safe,
    stepDownOnRemoval: false,
  };
  for (const { key, values } of args) {
    for (const value of values) {
      const error = setOption(options, key, value);
      if (error !== null) return error;
    }
  }
  return options;
}

/** Options that nobody knows are passed over, as in Go. */
function setOption(options: NodeOptions, key: string, value: string): string | null {
  switch (key) {
    case "voters":
      options.voters.push(scanUint(value));
      return null;
    case "learners":
      options.learners.push(scanUint(value));
      return null;
    case "inflight":
      options.inflight = scanInt(value);
      return null;
    case "index":
      options.index = scanUint(value);
      return null;
    case "content":
      options.content = utf8Encode(value);
      return null;
    case "async-storage-writes":
      options.asyncStorageWrites = scanBool(value);
      return null;
    case "prevote":
      options.preVote = scanBool(value);
      return null;
    case "checkquorum":
      options.checkQuorum = scanBool(value);
      return null;
    case "max-committed-size-per-ready":
      options.maxCommittedSizePerReady = scanLimit(value);
      return null;
    case "disable-conf-change-validation":
      options.disableConfChangeValidation = scanBool(value);
      return null;
    case "read-only":
      return setReadOnly(options, value);
    case "step-down-on-removal":
      options.stepDownOnRemoval = scanBool(value);
      return null;
    default:
      return null;
  }
}

function setReadOnly(options: NodeOptions, value: string): string | null {
  if (value === "safe") options.readOnlyOption = ReadOnlyOption.Safe;
  else if (value === "lease-based") options.readOnlyOption = ReadOnlyOption.LeaseBased;
  else return `invalid read-only option ${quoteText(value)}`;
  return null;
}

/** Nodes without any of these start empty, and with no configuration. */
function isBootstrapped({ voters, learners, index, content }: NodeOptions): boolean {
  return voters.length > 0 || learners.length > 0 || index !== 0 || content !== null;
}

function initialSnapshot(options: NodeOptions): Snapshot {
  const { voters, learners, index, content } = options;
  const confState = { voters, learners, votersOutgoing: [], learnersNext: [], autoLeave: false };
  const term = isBootstrapped(options) ? 1 : 0;
  return { data: content ?? new Uint8Array(0), metadata: { confState, index, term } };
}

function bootstrap(storage: NodeStorage, snapshot: Snapshot): string | null {
  const { index } = snapshot.metadata;
  if (index <= 1) return "index must be specified as > 1 due to bootstrap";
  const error = storage.tryApplySnapshot(snapshot);
  if (error !== null) return error;
  const first = storage.firstIndex();
  if (first === index + 1) return null;
  return `failed to establish first index ${index + 1}; got ${first}`;
}

function configOf(
  id: NodeId,
  options: NodeOptions,
  storage: NodeStorage,
  environment: Environment,
): Config {
  return {
    id,
    electionTick: ELECTION_TICK,
    heartbeatTick: HEARTBEAT_TICK,
    storage,
    applied: options.index,
    asyncStorageWrites: options.asyncStorageWrites,
    maxSizePerMsg: NO_LIMIT,
    maxCommittedSizePerReady: options.maxCommittedSizePerReady,
    maxUncommittedEntriesSize: 0,
    maxInflightMsgs: options.inflight,
    maxInflightBytes: 0,
    checkQuorum: options.checkQuorum,
    preVote: options.preVote,
    readOnlyOption: options.readOnlyOption,
    disableProposalForwarding: false,
    disableConfChangeValidation: options.disableConfChangeValidation,
    stepDownOnRemoval: options.stepDownOnRemoval,
    omitsUnset: false,
    // Go draws it; scripts that care set it. The middle of the range is what most draws act like.
    randomElectionTimeout: (electionTick) => electionTick + (electionTick >> 1),
    observer: environment.output,
    mistakes: environment.mistakes,
  };
}
