import found from "./found.json" with { type: "json" };
import type { Hunt } from "./hunt.ts";

/** Where a mistake was found lately: the hunt begins there, to save the way. */
export interface Found {
  readonly profile: string;
  readonly case: number;
}

/** Of the campaigns in which mistakes are hunted. */
export const SEED = 1;

/** By `bug checker`; `npm run hunts` writes it anew. */
export const FOUND: Readonly<Record<string, Found>> = found;

export function foundOf({ bug, checker }: Pick<Hunt, "bug" | "checker">): Found | null {
  return FOUND[`${bug} ${checker}`] ?? null;
}

export const HUNTS: readonly Hunt[] = [
  {
    bug: "W7",
    checker: "same-history",
    says: /^revision \d+ is .* on member \d, but .* on member \d/,
  },
  {
    bug: "R10",
    checker: "election-safety",
    says: /became leader of term \d+, but member \d was elected in that term/,
  },
  {
    bug: "R10",
    checker: "election-quorum",
    says: /became leader of term \d+ with the votes of [\d, ]+ among/,
  },
  { bug: "R21", checker: "election-quorum", says: /became leader of term \d+ with the votes of/ },
  { bug: "R1", checker: "vote-once", says: /took back its vote|voted for member/ },
  { bug: "R10", checker: "log-matching", says: /the entry of that index and term/ },
  {
    bug: "R4",
    checker: "commit-quorum",
    says: /by counting, though another leader could still overwrite it/,
  },
  { bug: "R6", checker: "commit-quorum", says: /which only members .* store/ },
  {
    bug: "R7",
    checker: "state-machine-safety",
    says: /committed entry \d+ of term \d+, but member \d committed one of term/,
  },
  { bug: "R3", checker: "state-machine-safety", says: /committed|recovered|applied/ },
  { bug: "R3", checker: "leader-completeness", says: /leads term \d+ without entry \d+/ },
  { bug: "R10", checker: "progress-sane", says: /committed entry \d+ with member .*: no majority/ },
  { bug: "R3", checker: "progress-sane", says: /an entry that member \d does not store/ },
  {
    bug: "R14",
    checker: "config-changes",
    says: /proposed a configuration change at entry \d+, though it has not applied the one at/,
  },
  { bug: "R2", checker: "durable-promises", says: /recovered (term|no vote|a vote)/ },
  {
    bug: "R3",
    checker: "durable-promises",
    says: /acknowledged entry|recovered a log that ends at \d+ without entry/,
  },
  { bug: "R3", checker: "acknowledged-writes", says: /acknowledged/ },
  { bug: "W4", checker: "starts-again", says: /refuses to start/ },
  {
    bug: "R11",
    checker: "election-quorum",
    says: /became leader of term \d+ with the votes of [\d, ]+ among [\d, ]+ and/,
  },
  {
    bug: "R11",
    checker: "commit-quorum",
    says: /which only members [\d, ]+ store: no majority of [\d, ]+ and of/,
  },
  {
    bug: "R35",
    checker: "convergence",
    says: /ended with entry|ended at entry|there is no leader|follows/,
  },
  { bug: "R15", checker: "panic", says: /can't leave a non-joint config/ },
  { bug: "W1", checker: "progress-sane", says: /has itself at \d+, but its durable log ends/ },
  { bug: "W2", checker: "commit-bounds", says: /recovered applied \d+ outside of/ },
  { bug: "W3", checker: "starts-again", says: /does not continue the one before it/ },
  { bug: "W8", checker: "starts-again", says: /is as of entry \d+, behind the snapshot/ },
  { bug: "W9", checker: "starts-again", says: /is as of entry \d+, behind the snapshot/ },
  { bug: "W11", checker: "starts-again", says: /is as of entry \d+, behind the snapshot/ },
  { bug: "W12", checker: "state-machine-safety", says: /state after entry \d+ differs/ },
  { bug: "W13", checker: "same-backend", says: /^hash/ },
  { bug: "W14", checker: "panic", says: /no such file: member\/snap\/.*\.snap\.db/ },
  { bug: "W16", checker: "state-machine-safety", says: /state after entry \d+ differs/ },
  { bug: "W17", checker: "failed-writes", says: /though all who asked for that certainly failed/ },
  { bug: "M6", checker: "watch-ordered", says: /told of the .* after revision/ },
  { bug: "M7", checker: "watch-reliable", says: /without being told of/ },
  { bug: "M9a", checker: "watch-bookmarkable", says: /progress report/ },
  { bug: "M9b", checker: "watch-bookmarkable", says: /progress report/ },
  { bug: "M10", checker: "watch-unique", says: /told twice/ },
  { bug: "M12", checker: "watch-reliable", says: /without being told of the delete/ },
  { bug: "M13", checker: "same-backend", says: /^hashkv: .*has been compacted/ },
  { bug: "L3", checker: "same-history", says: /delete/ },
  { bug: "L7", checker: "same-backend", says: /^hash/ },
  { bug: "L8", checker: "lease-ttl", says: /was said to have 9223372036 s left/ },
  { bug: "L10", checker: "lease-keys", says: /none of its keys/ },
  { bug: "L12", checker: "lease-extended", says: /had to keep it until/ },
  { bug: "A1", checker: "permitted", says: /was allowed what nobody granted/ },
  { bug: "A5", checker: "same-backend", says: /invalid auth token/ },
  { bug: "B4", checker: "config-changes", says: /from entry \d+ on/ },
];
