import type { Cluster } from "../../../sim/cluster.ts";
import type { Mirror } from "../../../sim/workloads/mirror.ts";
import { MIRROR_EQUAL } from "./invariants.ts";
import { type Judged, Program, type ProgramFinding } from "./program.ts";

/** A client's copy of keys: it holds what the store held at its revision, however old that is. */
export class MirrorProgram extends Program<Mirror> {
  readonly #prefix: string;

  constructor(mirror: Mirror, prefix: string) {
    super(mirror, null);
    this.#prefix = prefix;
  }

  /** It goes on for as long as there is something to copy. */
  override get done(): boolean {
    return true;
  }

  protected override judge({ cluster, members }: Judged): ProgramFinding[] {
    for (const member of members) {
      const difference = this.difference(cluster, member);
      if (difference === null) continue;
      const { revision } = this.workers;
      const text = `the mirror of ${this.#prefix}* at revision ${revision} ${difference} on member ${member}`;
      return [{ invariant: MIRROR_EQUAL, text }];
    }
    return [];
  }

  /** Null: none, or nobody can tell, since the mirror's revision is compacted there, or not there yet. */
  difference(cluster: Cluster, member: number): string | null {
    const { revision } = this.workers;
    const stored = revision === 0 ? null : cluster.entries(member, this.#prefix, revision);
    return stored === null ? null : this.#differenceFrom(stored);
  }

  /** From what the member holds by now; null: none. */
  differenceNow(cluster: Cluster, member: number): string | null {
    return this.#differenceFrom(cluster.entries(member, this.#prefix, 0) ?? new Map());
  }

  #differenceFrom(stored: ReadonlyMap<string, string>): string | null {
    const { entries } = this.workers;
    for (const [key, value] of stored) {
      const copied = entries.get(key);
      if (copied === undefined) return `lacks ${key}=${value}`;
      if (copied !== value) return `has ${key}=${copied}, which is ${value}`;
    }
    const extra = [...entries.keys()].find((key) => !stored.has(key));
    return extra === undefined ? null : `has ${extra}, which is not there`;
  }
}
