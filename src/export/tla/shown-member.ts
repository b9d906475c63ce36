import type { MessageSummary, RaftStep, RoleName } from "../../trace/events.ts";
import type { JointVoters, ShownState } from "./line.ts";

/** A member's state at its last Ready: what the specification has it start again from. */
interface Durable {
  readonly commit: number;
  readonly conf: JointVoters;
  readonly learners: readonly number[];
  readonly confIndex: number;
  readonly hidden: Hidden | null;
}

/** A term that the specification does not know the member to be in, and what it takes it for. */
interface Hidden {
  readonly term: number;
  readonly vote: number;
}

const NOBODY: JointVoters = [[], []];

/** How far a member's life has come, as far as its first steps have meanings of their own. */
export type Phase = "new" | "founding" | "running" | "restarting";

/**
 * A member as the specification takes it to be. That differs from what the member is in a few
 * places, each of which changes nothing that another member could notice:
 *  - a pre-candidate is a follower: asking first is no state of the Raft paper;
 *  - the configuration is durable, while etcd up to 3.6 starts from that of its snapshot and applies
 *    the changes in its log once more; until it has, it is shown with the configuration it had;
 *  - the commit index is durable with every Ready, while etcd may lose the last ones in a crash;
 *    until it has learned them again, it is shown with what it had;
 *  - a term is entered with a message of the Raft paper; one that came with another kind (the
 *    refusal of a pre-vote) is hidden until then.
 */
export class ShownMember {
  readonly id: number;
  phase: Phase = "new";
  conf: JointVoters = NOBODY;
  learners: readonly number[] = [];
  /** The voters that the member itself counts with. */
  voters: readonly number[] = [];
  /** Configuration changes up to this entry are in `conf`. */
  confIndex = 0;
  hidden: Hidden | null = null;
  term = 0;
  vote = 0;
  role: RoleName = "follower";
  commit = 0;
  /** Leader: what each member, itself included, acknowledged. */
  match = new Map<number, number>();
  /** Leader: what was acknowledged without the specification hearing of it, where that is more. */
  uncounted = new Map<number, number>();
  /** Candidate: whose vote it counted. */
  ballots = new Set<number>();
  /** The message of its last line, if that tells of one that was received. */
  heard: MessageSummary | null = null;
  /** The specification's pendingConfChangeIndex: a change it believes to be under way, or 0. */
  pendingChange = 0;
  /** It commits no less than this: it did so in its last life. */
  commitFloor = 0;
  private durable: Durable | null = null;

  constructor(id: number) {
    this.id = id;
  }

  /** What the specification has of the state that `step` tells. */
  shown(step: RaftStep): ShownState {
    const { hidden, conf, commitFloor } = this;
    return {
      term: hidden?.term ?? step.term,
      vote: hidden?.vote ?? step.vote,
      commit: step.commit > commitFloor ? step.commit : commitFloor,
      role: step.role === "pre-candidate" ? "follower" : step.role,
      last: step.last,
      conf,
    };
  }

  /** The specification is at this state now, after a line; `heard` is what that line received. */
  arrive(state: ShownState, heard: MessageSummary | null): void {
    this.heard = heard;
    this.term = state.term;
    this.vote = state.vote;
    this.role = state.role;
    this.commit = state.commit;
  }

  /** The member is in a later term than the specification can know of. */
  hide(): void {
    if (this.hidden === null) this.hidden = { term: this.term, vote: this.vote };
  }

  persist(): void {
    const { commit, conf, learners, confIndex, hidden } = this;
    this.durable = { commit, conf, learners, confIndex, hidden };
  }

  /**
   * Starts again from what was found on the disk. `recovered` is that, as a step would tell it.
   * A member that lost what had been durable is shown as it is: the specification should object.
   */
  restart(recovered: RaftStep): ShownState {
    const { durable } = this;
    this.match.clear();
    this.uncounted.clear();
    this.pendingChange = 0;
    this.voters = [];
    this.hidden = durable?.hidden ?? null;
    this.conf = durable?.conf ?? NOBODY;
    this.learners = durable?.learners ?? [];
    this.confIndex = durable?.confIndex ?? 0;
    const commit = durable?.commit ?? 0;
    this.commitFloor = commit <= recovered.last ? commit : 0;
    this.phase = "restarting";
    return this.shown(recovered);
  }
}
