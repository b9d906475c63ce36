import type { ClusterData } from "./draw/cluster.ts";
import type { Group } from "./draw/kind.ts";

/** What a campaign draws its cases from. */
export interface Profile {
  readonly name: string;
  readonly about: string;
  /** Of voters at the start: drawn from these. */
  readonly members: readonly number[];
  /** How many steps a case has at least, and at most. */
  readonly steps: readonly [min: number, max: number];
  /** Groups of steps that every case has, and those that none has. */
  readonly always: readonly Group[];
  readonly never: readonly Group[];
  /** How much more often the steps of a group come than they do by default. */
  readonly more: Readonly<Partial<Record<Group, number>>>;
  /** Options that every cluster has. */
  readonly cluster: ClusterData;
  /** As `settle` of a scenario takes it. */
  readonly settle: { readonly within: string; readonly rest: string };
}

const DEFAULT: Profile = {
  name: "default",
  about: "everything, some of it in each case",
  members: [3, 3, 5, 2, 1, 4],
  steps: [8, 60],
  always: [],
  never: [],
  more: {},
  cluster: {},
  settle: { within: "30s", rest: "1s" },
};

const ALL: readonly Profile[] = [
  DEFAULT,
  {
    ...DEFAULT,
    name: "quick",
    about: "short cases on three members, for a first look",
    members: [3],
    steps: [5, 30],
  },
  {
    ...DEFAULT,
    name: "soak",
    about: "long cases",
    steps: [200, 600],
    settle: { within: "60s", rest: "10s" },
  },
  {
    ...DEFAULT,
    name: "raft",
    about: "elections, logs and membership on broken machines and links, and single keys",
    always: ["processes", "network", "keys", "membership"],
    never: [
      ...(["clients", "txns", "compactions", "leases", "watches", "auth", "locks"] as const),
      ...(["programs", "traffic"] as const),
    ],
  },
  {
    ...DEFAULT,
    name: "kubernetes",
    about:
      "optimistic transactions, lists and watches from their revision, leases, compaction every few seconds",
    always: ["traffic", "watches", "compactions", "leases"],
    never: ["auth", "locks", "programs"],
    more: { traffic: 3, watches: 2 },
    cluster: { "auto-compaction": "3s" },
  },
  {
    ...DEFAULT,
    name: "auth",
    about: "users whose permissions come and go",
    always: ["auth", "keys"],
    never: ["membership", "programs"],
    more: { auth: 4 },
  },
  {
    ...DEFAULT,
    name: "membership",
    about: "members come and go, through partitions and crashes",
    always: ["membership", "processes", "keys"],
    more: { membership: 3 },
  },
  {
    ...DEFAULT,
    name: "disk",
    about: "crashes at any operation of a disk, torn and lost writes",
    always: ["disks", "processes", "keys"],
    more: { disks: 3, processes: 2 },
    cluster: { segment: "2000B" },
  },
  {
    ...DEFAULT,
    name: "clock",
    about: "clocks that drift and jump, leases and locks that live by them",
    always: ["clocks", "leases", "locks"],
    more: { clocks: 4, leases: 2 },
  },
  {
    ...DEFAULT,
    name: "watch",
    about: "watchers of the past and the future, slow ones, compactions under them",
    always: ["watches", "keys", "compactions"],
    never: ["auth", "membership"],
    more: { watches: 3, compactions: 2 },
  },
];

/** By name. */
export const PROFILES: ReadonlyMap<string, Profile> = new Map(
  ALL.map((profile) => [profile.name, profile]),
);

export const DEFAULT_PROFILE = DEFAULT;

/** Throws an Error if there is none. */
export function profileNamed(name: string): Profile {
  const profile = PROFILES.get(name);
  if (profile === undefined) throw new Error(`there is no profile "${name}"`);
  return profile;
}
