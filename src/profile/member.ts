import { type Behaviours, type ProfileOf, since } from "./behaviour.ts";

/** A member as a server: its defaults, its log, what it takes from whom. */
export const MEMBER = {
  snapshotCount: {
    about: "A snapshot after so many applied entries, unless `snapshot-entries` says otherwise.",
    source: "DefaultSnapshotCount of server/etcdserver/server.go",
    values: since("3.6", 10_000, 100_000),
  },
} as const satisfies Behaviours;

export type MemberProfile = ProfileOf<typeof MEMBER>;
