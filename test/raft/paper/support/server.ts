import { type Config, makeConfig } from "../../../../src/raft/config.ts";
import { RaftError } from "../../../../src/raft/errors.ts";
import { decodeConfChange, decodeConfChangeV2 } from "../../../../src/raft/pb/index.ts";
import type { Raft } from "../../../../src/raft/raft.ts";
import { RawNode } from "../../../../src/raft/raw-node.ts";
import { MemoryStorage } from "../../../../src/raft/storage.ts";
import { configText } from "../../../../src/raft/tracker/tracker-config.ts";
import {
  type ConfState,
  type Entry,
  EntryType,
  type Message,
  type NodeId,
  type Ready,
  type Snapshot,
  StateType,
  type Term,
} from "../../../../src/raft/types.ts";
import { Dice } from "../../support/dice.ts";
import { plantedMistakes } from "./chapter.ts";
import { bytes, entriesOf, snapshotOf, text } from "./rpc.ts";

/** What a server finds on its disk when it starts: empty, unless said otherwise. */
export interface Past {
  /** The terms of its entries, from index 1 on. */
  readonly log?: readonly Term[];
  /** The last term of the log unless given. */
  readonly term?: Term;
  readonly vote?: NodeId;
  /** Entries that it knew to be committed; they are applied again after the start. */
  readonly commit?: number;
  /** Instead of the log's beginning. */
  readonly snapshot?: Snapshot;
}

export type Options = Partial<Omit<Config, "id" | "storage" | "applied">>;

export const ELECTION_TIMEOUT = 10;

/** Raft as the paper has it: what the thesis and etcd add is off. */
const PLAIN: Options = {
  preVote: false,
  checkQuorum: false,
  electionTick: ELECTION_TIMEOUT,
  // Not that of messages, which tests make as small as one entry.
  maxCommittedSizePerReady: 1 << 20,
};

/** Election timeouts drawn from [T, 2T-1], as the paper wants them; without this they are fixed. */
export function drawnTimeouts(seed: number): Options {
  const dice = new Dice(seed);
  return { randomElectionTimeout: (ticks) => ticks + dice.below(ticks) };
}

/** One server of the paper: raft, a disk that survives crashes, and a state machine that does not. */
export class Server {
  readonly id: NodeId;
  readonly disk = new MemoryStorage();
  raw: RawNode;
  /** The commands that the state machine has executed, a snapshot's included. */
  executed: string[] = [];
  /** Answers to linearizable reads: `question@index`. */
  answers: string[] = [];
  up = true;
  private readonly options: Options;
  private state: ConfState;

  constructor(id: NodeId, members: ConfState, past: Past = {}, options: Options = {}) {
    this.id = id;
    this.options = options;
    this.state = members;
    const { log = [], snapshot = snapshotOf(0, 0, members), vote = 0 } = past;
    this.disk.applySnapshot(snapshot);
    this.disk.append(entriesOf(snapshot.metadata.index + 1, log));
    const term = past.term ?? log.at(-1) ?? snapshot.metadata.term;
    const commit = past.commit ?? snapshot.metadata.index;
    this.disk.setHardState({ term, vote, commit });
    this.raw = this.boot();
    this.work();
  }

  get raft(): Raft {
    return this.raw.raft;
  }

  get term(): Term {
    return this.raft.term;
  }

  get role(): "follower" | "candidate" | "leader" | "pre-candidate" {
    const { state } = this.raft;
    if (state === StateType.Leader) return "leader";
    if (state === StateType.Candidate) return "candidate";
    return state === StateType.PreCandidate ? "pre-candidate" : "follower";
  }

  get commit(): number {
    return this.raft.log.committed;
  }

  get entries(): readonly Entry[] {
    const { log } = this.raft;
    const found = log.slice(log.firstIndex(), log.lastIndex() + 1, Number.MAX_SAFE_INTEGER);
    if (found instanceof RaftError) throw found;
    return found;
  }

  /** The terms of the entries in its log. */
  get log(): Term[] {
    return this.entries.map((entry) => entry.term);
  }

  /** The configuration that it goes by: `voters=(1 2 3)`. */
  get members(): string {
    return configText(this.raft.tracker.config);
  }

  /** The terms of the entries on its disk. */
  get logOnDisk(): Term[] {
    const found = this.disk.entries(
      this.disk.firstIndex(),
      this.disk.lastIndex() + 1,
      Number.MAX_SAFE_INTEGER,
    );
    return found instanceof RaftError ? [] : found.map((entry) => entry.term);
  }

  /** Delivers a message and does what follows; returns the messages that go out. */
  hears(message: Message): readonly Message[] {
    this.raw.step(message);
    return this.work();
  }

  /** `n` ticks of its clock; returns the messages that go out. */
  tick(n = 1): readonly Message[] {
    const sent: Message[] = [];
    for (let i = 0; i < n; i++) {
      this.raw.tick();
      sent.push(...this.work());
    }
    return sent;
  }

  campaign(): readonly Message[] {
    this.raw.campaign();
    return this.work();
  }

  propose(command: string): readonly Message[] {
    const refused = this.raw.propose(bytes(command));
    if (refused !== null) throw refused;
    return this.work();
  }

  /** Handles Readies until there are none: writes, applies, and returns what is to be sent. */
  work(): readonly Message[] {
    const sent: Message[] = [];
    while (this.up && this.raw.hasReady()) sent.push(...this.handle(this.raw.ready()));
    return sent;
  }

  /** Does what one Ready says. */
  handle(ready: Ready): readonly Message[] {
    if (ready.hardState !== null) this.disk.setHardState(ready.hardState);
    if (ready.snapshot !== null) {
      this.disk.applySnapshot(ready.snapshot);
      this.load(ready.snapshot);
    }
    this.disk.append(ready.entries);
    for (const entry of ready.committedEntries) this.execute(entry);
    for (const { index, requestContext } of ready.readStates) {
      this.answers.push(`${text(requestContext)}@${index}`);
    }
    this.raw.advance();
    return ready.messages;
  }

  /** Loses everything that is not on disk. */
  crash(): void {
    this.up = false;
  }

  restart(): readonly Message[] {
    this.up = true;
    this.raw = this.boot();
    return this.work();
  }

  /** Writes a snapshot of what is executed, and discards the log up to there. */
  compact(keep = 0): void {
    const index = this.raft.log.applied;
    const made = this.disk.createSnapshot(index, this.state, bytes(this.executed.join(" ")));
    if (made instanceof RaftError) throw made;
    if (index > keep) this.disk.compact(index - keep);
  }

  private boot(): RawNode {
    const snapshot = this.disk.snapshot();
    if (snapshot instanceof RaftError) throw snapshot;
    this.load(snapshot);
    const { id, disk, options } = this;
    // Server 1 is the most impatient, unless a test draws the timeouts.
    const randomElectionTimeout = (ticks: number): number => ticks + ((id - 1) % ticks);
    return new RawNode({
      ...makeConfig({ id, storage: disk, randomElectionTimeout, ...PLAIN, ...options }),
      applied: snapshot.metadata.index,
      mistakes: plantedMistakes(),
    });
  }

  private load({ data, metadata }: Snapshot): void {
    this.executed = data.length === 0 ? [] : text(data).split(" ");
    this.state = metadata.confState;
  }

  private execute({ type, data }: Entry): void {
    if (type === EntryType.ConfChange) {
      this.state = this.raw.applyConfChange(decodeConfChange(data));
    } else if (type === EntryType.ConfChangeV2) {
      this.state = this.raw.applyConfChange(decodeConfChangeV2(data));
    } else if (data.length > 0) {
      this.executed.push(text(data));
    }
  }
}
