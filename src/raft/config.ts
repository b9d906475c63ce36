import type { RaftMistakes } from "../museum/raft.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { RandomElectionTimeout } from "./election-timeout.ts";
import { NO_LIMIT } from "./log/limit-size.ts";
import { isLocalTarget } from "./messages.ts";
import type { RaftObserver } from "./observer.ts";
import { ReadOnlyOption } from "./read-only.ts";
import type { Storage } from "./storage.ts";
import { type Index, NONE, type NodeId } from "./types.ts";

export { NO_LIMIT } from "./log/limit-size.ts";
export { ReadOnlyOption } from "./read-only.ts";

/** How a raft node is to behave (etcd-io/raft's Config). Sizes are bytes, times are ticks. */
export interface Config {
  /** Not 0, nor one of the local threads' ids. */
  readonly id: NodeId;
  /** Ticks without a word from the leader until an election; above heartbeatTick. */
  readonly electionTick: number;
  /** Ticks between a leader's heartbeats; above 0. */
  readonly heartbeatTick: number;
  readonly storage: Storage;
  /** The last index the state machine has applied; only after a restart. */
  readonly applied: Index;
  /** Talk to the storage by messages (MsgStorageAppend, MsgStorageApply) instead of Advance. */
  readonly asyncStorageWrites: boolean;
  /** Encoded bytes of entries in one MsgApp; 0: one entry a message; NO_LIMIT. */
  readonly maxSizePerMsg: number;
  /** Encoded bytes of committed entries that may be applying; 0: maxSizePerMsg. */
  readonly maxCommittedSizePerReady: number;
  /** Payload bytes a leader may append without having committed them; 0: no limit. */
  readonly maxUncommittedEntriesSize: number;
  /** Appends on the way to one follower; above 0. */
  readonly maxInflightMsgs: number;
  /** Payload bytes on the way to one follower; 0: no limit, else at least maxSizePerMsg. */
  readonly maxInflightBytes: number;
  /** A leader that hears nothing from a quorum for electionTick steps down. */
  readonly checkQuorum: boolean;
  /** Ask whether an election could be won before raising the term (thesis 9.6). */
  readonly preVote: boolean;
  readonly readOnlyOption: ReadOnlyOption;
  /** Followers drop proposals instead of passing them to the leader. */
  readonly disableProposalForwarding: boolean;
  /** Skip the check of conf changes when they are proposed. */
  readonly disableConfChangeValidation: boolean;
  /** A leader that is removed or demoted steps down. */
  readonly stepDownOnRemoval: boolean;
  /** Conf changes leave out an id that nobody has set, as those of raft 3.7 do, instead of saying 0. */
  readonly omitsUnset: boolean;
  readonly randomElectionTimeout: RandomElectionTimeout;
  readonly observer: RaftObserver | null;
  /** Known mistakes to make on purpose. */
  readonly mistakes: RaftMistakes;
}

/** What {@link makeConfig} cannot choose. */
export type ConfigChoices = Partial<Config> &
  Pick<Config, "id" | "storage" | "randomElectionTimeout">;

/** A full Config with what etcd runs for everything that is not chosen. */
export function makeConfig(choices: ConfigChoices): Config {
  return {
    electionTick: 10,
    heartbeatTick: 1,
    applied: 0,
    asyncStorageWrites: false,
    maxSizePerMsg: 1024 * 1024,
    maxCommittedSizePerReady: 0,
    maxUncommittedEntriesSize: 0,
    maxInflightMsgs: 512,
    maxInflightBytes: 0,
    checkQuorum: true,
    preVote: true,
    readOnlyOption: ReadOnlyOption.Safe,
    disableProposalForwarding: false,
    disableConfChangeValidation: false,
    stepDownOnRemoval: false,
    omitsUnset: false,
    observer: null,
    mistakes: NO_MISTAKES,
    ...choices,
  };
}

/** Checks a Config and fills in what 0 stands for. Throws an Error with etcd's text. */
export function validateConfig(config: Config): Config {
  const wrong = whatIsWrong(config);
  if (wrong !== null) throw new Error(wrong);
  return {
    ...config,
    maxUncommittedEntriesSize: config.maxUncommittedEntriesSize || NO_LIMIT,
    maxCommittedSizePerReady: config.maxCommittedSizePerReady || config.maxSizePerMsg,
    maxInflightBytes: config.maxInflightBytes || NO_LIMIT,
  };
}

function whatIsWrong(config: Config): string | null {
  if (config.id === NONE) return "cannot use none as id";
  if (isLocalTarget(config.id)) return "cannot use local target as id";
  if (config.heartbeatTick <= 0) return "heartbeat tick must be greater than 0";
  if (config.electionTick <= config.heartbeatTick) {
    return "election tick must be greater than heartbeat tick";
  }
  if ((config.storage as Storage | null) === null) return "storage cannot be nil";
  if (config.maxInflightMsgs <= 0) return "max inflight messages must be greater than 0";
  if (config.maxInflightBytes !== 0 && config.maxInflightBytes < config.maxSizePerMsg) {
    return "max inflight bytes must be >= max message size";
  }
  const leaseNeedsQuorum = config.readOnlyOption === ReadOnlyOption.LeaseBased;
  // Known mistake R28: a leader that hears no quorum goes on to answer by a lease that has run out.
  if (leaseNeedsQuorum && !config.checkQuorum && !config.mistakes.dropsLeaseGuards) {
    return "CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased";
  }
  return null;
}
