import type { Duration, Ppm } from "../base/time.ts";
import type { MemberSettings } from "../member/settings.ts";

/**
 * How one direction of a link behaves. Latency is `min + exponential(mean - min)`, cut at `max`.
 *
 * @public
 */
export interface LinkOptions {
  readonly minUs: Duration;
  readonly meanUs: Duration;
  readonly maxUs: Duration;
  readonly loss: Ppm;
  readonly duplicate: Ppm;
  /** Chance that a message may overtake or be overtaken; otherwise a link is first in, first out, as a TCP stream. */
  readonly reorder: Ppm;
  /** So many messages may be under way; more are lost, as etcd drops them when a peer's buffer is full. Absent: any number. */
  readonly capacity?: number;
}

/**
 * How long a disk takes, in µs.
 *
 * @public
 */
export interface DiskOptions {
  /** An fsync takes `min + exponential(mean - min)`, cut at `max`. */
  readonly syncMinUs: Duration;
  readonly syncMeanUs: Duration;
  readonly syncMaxUs: Duration;
}

/**
 * Everything that shapes a cluster before its first event. All defaults are etcd's.
 *
 * @public
 */
export interface ClusterOptions extends MemberSettings {
  readonly seed: number;
  /** Voters at the start, ids 1…members. */
  readonly members: number;
  /** The versions of members that do not run `serverVersion`, by member id. */
  readonly versions: Readonly<Record<number, string>>;
  readonly network: LinkOptions;
  /** How long a packet between a client and a member takes; null: as long as one between members. */
  readonly clientLatency: Pick<LinkOptions, "minUs" | "meanUs" | "maxUs"> | null;
  readonly disk: DiskOptions;
  /** Clients give an attempt up after so long and try the next member. */
  readonly clientTimeoutUs: Duration;
  /** Clients ping a connection that was silent so long, and break it if no answer comes in time. */
  readonly clientKeepAlive: { readonly idleUs: Duration; readonly timeoutUs: Duration };
}
