import type { Line } from "./lines.ts";

/** A known mistake that is in a line's release, and that one client alone can see there. */
export interface Inherited {
  /** Its id in the museum. */
  readonly mistake: string;
  /** The last line whose release makes it. */
  readonly until: Line;
  /** Where that was seen or is told. */
  readonly source: string;
}

/**
 * What the releases get wrong in every run, without chance or faults. What needs those is a switch
 * in the museum and no more, although releases make it, too: by itself no member makes mistakes that
 * its operator could not foresee.
 */
export const INHERITED: readonly Inherited[] = [
  {
    mistake: "M13",
    until: "3.4",
    source: "seen on 3.4.23; etcd-io/etcd#14325",
  },
  {
    mistake: "M3",
    until: "3.4",
    source: "seen on 3.4.23: a watch from the compacted revision; etcd-io/etcd#18089",
  },
  {
    mistake: "M9a",
    until: "3.4",
    source: "seen on 3.4.23, also on a stream without watches; etcd-io/etcd#15220",
  },
  { mistake: "A1", until: "3.4", source: "seen on 3.4.23; CVE-2026-33343" },
  { mistake: "A2", until: "3.4", source: "seen on 3.4.23; etcd-io/etcd#21681" },
  { mistake: "A3", until: "3.4", source: "seen on 3.4.23; GHSA-xg4h-6gfc-h4m8" },
  { mistake: "B2", until: "3.4", source: "seen on 3.4.23; etcd-io/etcd#21736" },
  { mistake: "B6", until: "3.4", source: "CHANGELOG-3.5: 3.5.33; etcd-io/etcd#22134" },
  {
    mistake: "W16",
    until: "3.6",
    source: "removeNeedlessRangeReqs of server/etcdserver/server.go in 3.6.16; etcd-io/etcd#18667",
  },
];
