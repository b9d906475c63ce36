import { type Duration, type Instant, SECOND } from "../../base/time.ts";

/** One lease, from the entry that granted it to the one that revoked it, and a while beyond. */
export class LeaseModel {
  readonly id: string;
  /** Seconds. */
  readonly ttl: number;
  /** The entries that granted and revoked it; 0: not revoked yet. */
  readonly grantIndex: number;
  /** When the first member applied the grant. */
  readonly grantedAt: Instant;
  /** There was an earlier lease of this id: a late answer may speak of that one. */
  readonly again: boolean;
  revokeIndex = 0;
  revokedAt: Instant = 0;
  /** Seconds that were left at the last checkpoint; 0: none since it was renewed. */
  left = 0;
  /** The entry that said so, and when the first member applied it. */
  leftIndex = 0;
  leftAt: Instant = 0;
  /** Attached keys. */
  keys = new Set<string>();
  /** Before this instant the primary lessor does not let it expire. */
  due: Instant;
  /** Nor in so much time after that: a new leader makes up for the time that nobody led. */
  extra: Duration = 0;
  /** After this instant no lessor lets it live. */
  latest: Instant;
  /** Clients were told that it lives until then; and by what. */
  promised: Instant = 0;
  promise = "";

  constructor(id: string, ttl: number, grantIndex: number, at: Instant, again = false) {
    this.id = id;
    this.ttl = ttl;
    this.grantIndex = grantIndex;
    this.grantedAt = at;
    this.again = again;
    this.due = at + ttl * SECOND;
    this.latest = this.due;
  }

  /** As violations call it. */
  get name(): string {
    return `lease ${this.id} (TTL ${this.ttl} s, granted by entry ${this.grantIndex})`;
  }

  get alive(): boolean {
    return this.revokeIndex === 0;
  }

  /** What a new primary lessor gives it, at least. */
  get duration(): Duration {
    return (this.left > 0 ? this.left : this.ttl) * SECOND;
  }
}
