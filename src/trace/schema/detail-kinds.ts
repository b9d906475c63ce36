import { kind, Layer } from "./kind.ts";
import { MESSAGE, RAFT_STEP } from "./raft-shapes.ts";
import { duration, integer, list, text, word } from "./shape.ts";

const { Detail } = Layer;

/** For people. */
export const DETAIL_KINDS = {
  send: kind(Detail, { message: MESSAGE }),

  /** The network did not deliver; `cause` is the `send`. `member` is the sender. */
  drop: kind(Detail, {
    message: MESSAGE,
    reason: word("loss", "partition", "down", "misdelivered"),
  }),

  /** The network made a second copy; `cause` is the `send`. */
  duplicate: kind(Detail, { message: MESSAGE }),

  /** The member asked its disk to make bytes durable. */
  sync: kind(Detail, { file: text, token: integer, took: duration }),

  /** A line with etcd-raft's wording. */
  log: kind(Detail, { level: word("DEBUG", "INFO", "WARN", "ERROR", "FATAL"), text }),

  /**
   * Said beside the run, for its reader: a step's note, that the cluster has settled, a fault that never
   * came about.
   */
  note: kind(Detail, { about: word("step", "cluster", "fault"), text }),

  /**
   * The member took a Ready from raft: every step that raft made since the one before, in its order.
   * `token` is the sync after which the Ready is durable; 0: there is nothing to wait for; -1: the
   * disk did not take it, and the process ends.
   */
  ready: kind(Detail, { token: integer, steps: list(RAFT_STEP) }),
} as const;
