import type { ApiError } from "../../api/errors.ts";
import type { InternalOp } from "../../api/requests.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import type { ConfChange, ConfChangeV2, Index, NodeId } from "../../raft/types.ts";
import { contextOf } from "./change-context.ts";
import { decide } from "./decide.ts";
import { defaultMember, type MembershipOptions } from "./founding.ts";
import { clusterId } from "./ids.ts";
import { MemberBuckets } from "./member-buckets.ts";
import { published } from "./published.ts";
import type { MemberRecord } from "./record.ts";
import type { Edit, Roster } from "./roster.ts";

/**
 * The members of the cluster as of what was applied here, in memory and in the backend
 * (server/etcdserver/api/membership, RaftCluster). Restarts and snapshots find it in the backend.
 */
export class Membership {
  readonly options: MembershipOptions;
  private buckets: MemberBuckets;
  private roster: Roster;
  /** Where conf changes stand in the log that were not made: they are handed out again after a restart. */
  private refused: ReadonlySet<Index>;
  /** As last looked up; null: look again. It stands in every answer's header. */
  private knownClusterId: bigint | null = null;
  private readonly mistakes: MemberMistakes;

  constructor(backend: Backend, options: MembershipOptions, mistakes: MemberMistakes) {
    this.options = options;
    this.mistakes = mistakes;
    this.buckets = new MemberBuckets(backend);
    this.roster = this.buckets.load();
    this.refused = new Set(this.buckets.refused);
  }

  /** Goes over to another backend, a snapshot's. */
  recover(backend: Backend): void {
    this.knownClusterId = null;
    this.buckets = new MemberBuckets(backend);
    this.roster = this.buckets.load();
    this.refused = new Set(this.buckets.refused);
  }

  // ---- looking -------------------------------------------------------------------------------

  /** By id. */
  list(): readonly MemberRecord[] {
    return this.roster.list();
  }

  byId(id: bigint): MemberRecord | null {
    return this.roster.byId(id);
  }

  byNode(node: NodeId): MemberRecord | null {
    return this.roster.byNode(node);
  }

  /** The id of the member on a machine; the one that it would found a cluster with, if it is none. */
  idOf(node: NodeId): bigint {
    return this.byNode(node)?.id ?? defaultMember(node, this.options.clusterToken).id;
  }

  isRemoved(id: bigint): boolean {
    return this.roster.isRemoved(id);
  }

  wasRemoved(node: NodeId): boolean {
    return this.roster.wasRemoved(node);
  }

  /** Node ids of members present and past: none of them may be given to another. */
  usedNodes(): ReadonlySet<NodeId> {
    return this.roster.usedNodes();
  }

  /** As its founders named it; where they said nothing, by those who are in it now. */
  get clusterId(): bigint {
    this.knownClusterId ??= this.buckets.clusterId ?? clusterId(this.list().map(({ id }) => id));
    return this.knownClusterId;
  }

  /** "3.4.0"; "" before it was decided. */
  get clusterVersion(): string {
    return this.buckets.clusterVersion;
  }

  // ---- what the log says ---------------------------------------------------------------------

  /**
   * Makes the change of the entry at `index`, or says why it must not be made: then by raft neither.
   * What stands in the log before `oldest` will never be handed out again.
   */
  change(
    change: ConfChange | ConfChangeV2,
    index: Index,
    oldest: () => Index = () => 0,
  ): ApiError | null {
    this.knownClusterId = null;
    const { words } = contextOf(change);
    const { error, edits } = decide(this.roster, change, words, this.options, this.mistakes);
    if (error !== null) {
      this.refuse(index, oldest());
      return error;
    }
    for (const edit of edits) this.edit(edit);
    for (const said of words) {
      if (said === null || said.clusterId === null || this.buckets.clusterId !== null) continue;
      this.buckets.clusterId = said.clusterId;
    }
    return null;
  }

  /** Remembers it, and forgets those that nobody will ask for. */
  private refuse(index: Index, oldest: Index): void {
    this.refused = new Set([...this.refused].filter((each) => each >= oldest)).add(index);
    this.buckets.refused = [...this.refused];
  }

  /**
   * Whether the conf change at `index`, which was applied before, was refused then. By the members
   * of today that can't be told.
   */
  wasRefused(index: Index): boolean {
    // Known mistake B4: by the members of today a change that was refused may be found in order, and is
    // made here alone.
    return this.refused.has(index) && !this.mistakes.forgetsRefusals;
  }

  /** A member has published itself, or the cluster's version was set. */
  publish(op: InternalOp): void {
    const news = published(op);
    if (news === null) return;
    if (news.type === "version") {
      this.buckets.clusterVersion = news.version;
      return;
    }
    // It may have been removed meanwhile.
    const known = this.byId(news.id);
    if (known === null) return;
    const { name, clientUrls } = news.attributes;
    this.edit({ kind: "put", member: { ...known, name, clientUrls } });
  }

  private edit(edit: Edit): void {
    const { kind, member } = edit;
    const promotes =
      kind === "put" && !member.isLearner && this.byId(member.id)?.isLearner === true;
    this.roster.edit(edit);
    // Known mistake B1: in memory alone. After a restart the voter is a learner again.
    if (promotes && this.mistakes.forgetsPromotion) return;
    this.buckets.save(edit);
  }
}
