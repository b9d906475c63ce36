import type { NodeId } from "../../raft/types.ts";
import { byValue } from "./ids.ts";
import type { MemberRecord } from "./record.ts";

/** One step of a change: a member as it is to be, or one that leaves. */
export interface Edit {
  readonly kind: "put" | "remove";
  readonly member: MemberRecord;
}

/** Who is a member and who was, in memory. Neither ids nor node ids are ever used again. */
export class Roster {
  private readonly members: Map<bigint, MemberRecord>;
  private readonly nodes = new Map<NodeId, bigint>();
  /** Their node ids; NONE where that is unknown. */
  private readonly removed: Map<bigint, NodeId>;

  constructor(members: Iterable<MemberRecord> = [], removed: Iterable<[bigint, NodeId]> = []) {
    this.members = new Map();
    for (const member of members) this.put(member);
    this.removed = new Map(removed);
  }

  copy(): Roster {
    return new Roster(this.members.values(), this.removed);
  }

  edit({ kind, member }: Edit): void {
    if (kind === "put") this.put(member);
    else {
      this.members.delete(member.id);
      this.nodes.delete(member.node);
      this.removed.set(member.id, member.node);
    }
  }

  private put(member: MemberRecord): void {
    this.members.set(member.id, member);
    this.nodes.set(member.node, member.id);
  }

  /** By id. */
  list(): readonly MemberRecord[] {
    return [...this.members.values()].sort((a, b) => byValue(a.id, b.id));
  }

  byId(id: bigint): MemberRecord | null {
    return this.members.get(id) ?? null;
  }

  byNode(node: NodeId): MemberRecord | null {
    const id = this.nodes.get(node);
    return id === undefined ? null : this.byId(id);
  }

  isRemoved(id: bigint): boolean {
    return this.removed.has(id);
  }

  wasRemoved(node: NodeId): boolean {
    for (const gone of this.removed.values()) if (gone === node) return true;
    return false;
  }

  /** Present and past. */
  usedNodes(): ReadonlySet<NodeId> {
    return new Set([...this.nodes.keys(), ...this.removed.values()]);
  }
}
