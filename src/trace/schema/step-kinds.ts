import { kind, Layer } from "./kind.ts";
import { LINKS, MESSAGE } from "./raft-shapes.ts";
import { flag, integer, list, text } from "./shape.ts";

const { Step, State, Binding } = Layer;

/** The world acts on a member, or something is done to the world. */
export const STEP_KINDS = {
  /** A member process starts; what follows in the same step is what it recovered. */
  boot: kind(Step | State, { restart: flag }),

  /** The member's own timer woke it: `ticks` ticks of its clock went by since it last looked. */
  wake: kind(Step, { ticks: integer }),

  /**
   * A message arrives; `cause` is its `send`. Only some bind their sender: whoever emits one for
   * that layer alone leaves the others out.
   */
  deliver: kind(Step | Binding, { message: MESSAGE }),

  /** A sync is done; `cause` is the `sync` event. */
  "disk-done": kind(Step, { token: integer }),

  /** A client's request reaches the member; `cause` is the `invoke`. */
  request: kind(Step, { client: integer, op: integer, text }),

  /**
   * Something a scenario, a fuzzer or a person did to the world (member 0 if it concerns several).
   * `fault` is the scenario's word for it: crash, restart, pause, resume, partition, cut, heal, clog,
   * unclog, loss, delay, duplicate, reorder, drift, slow-apply, disk-slow, disk-full, bit-rot, transfer,
   * add-learner, …
   */
  fault: kind(Step | State, { fault: text, text, members: list(integer) }),

  /** The process is gone; `text` says what its disk kept of unsynced bytes. */
  crash: kind(Step | State, { text, lostBytes: integer }),

  /**
   * The process came upon what it can't go on with (in raft, the store, the log …), and ends: its `crash`
   * follows. `text` is what it says of it.
   */
  panic: kind(Step | State, { text }),

  pause: kind(Step | State, {}),

  resume: kind(Step | State, {}),

  /** The member will not start, and says why (corrupt WAL, …). It stays down. */
  refuse: kind(Step | State, { text }),

  /** Which links are cut now: pairs [from, to] that do not deliver. Emitted after each change. */
  links: kind(Step | State, { cut: LINKS, clogged: LINKS }),
} as const;
