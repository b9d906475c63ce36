import type { RaftMistakes } from "../museum/raft.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { RawNode } from "../raft/raw-node.ts";
import type { Message, NodeId } from "../raft/types.ts";
import { indexPanic } from "./failures.ts";
import type { NodeStorage } from "./node-storage.ts";
import { Output } from "./output.ts";
import type { StateMachine } from "./state-machine.ts";

/** One node of the group, with the work of its storage threads still to be done. */
export interface EnvironmentNode {
  readonly id: NodeId;
  readonly raw: RawNode;
  readonly storage: NodeStorage;
  readonly asyncStorageWrites: boolean;
  readonly electionTick: number;
  readonly heartbeatTick: number;
  /** MsgStorageAppend and MsgStorageApply messages, oldest first. */
  readonly appendWork: Message[];
  readonly applyWork: Message[];
  readonly stateMachine: StateMachine;
}

/** A raft group under test: what etcd-io/raft's rafttest calls an InteractionEnv. */
export class Environment {
  readonly output = new Output();
  readonly nodes: EnvironmentNode[] = [];
  /** Messages in flight between nodes, in the order in which they were sent. */
  messages: Message[] = [];
  /** Known mistakes that the nodes make on purpose. */
  readonly mistakes: RaftMistakes;

  constructor(mistakes: RaftMistakes = NO_MISTAKES) {
    this.mistakes = mistakes;
  }

  /**
   * The node at a position from 0.
   * @throws {GoPanic} where Go's slice access would panic.
   */
  node(position: number): EnvironmentNode {
    const node = this.nodes[position];
    if (node === undefined) throw indexPanic(position, this.nodes.length);
    return node;
  }
}
