import type { KnownMistake, Switches } from "./known-mistake.ts";

/** Mistakes in who may what. */
export const AUTH = [
  {
    id: "A1",
    name: "skipsNestedTxns",
    title: "nested transactions are not checked",
    story: "A transaction within another reads and writes what its user may not.",
    source: ["CVE-2026-33343"],
  },
  {
    id: "A2",
    name: "skipsReadsOfPuts",
    title: "what a put in a transaction reads is not checked",
    story:
      "prevKv gives away a value that its user may not read, and the key is attached to a lease that " +
      "goes with keys of others.",
    source: ["etcd-io/etcd#21681"],
  },
  {
    id: "A3",
    name: "checksOpenRangeAsKey",
    title: "an open range is checked as one key",
    story:
      "The open end was normalised before the check, where it then meant a single key: who might " +
      "read one key could watch all keys from it on.",
    source: ["GHSA-xg4h-6gfc-h4m8"],
  },
  {
    id: "A4",
    name: "keepsOldPermissions",
    title: "permissions of before a snapshot",
    story:
      "What was computed of users and roles is used on after a snapshot has replaced them, and this " +
      "member decides otherwise than the rest. etcd 3.4 or earlier, reported in October 2022.",
    source: ["etcd-io/etcd#14571"],
  },
  {
    id: "A5",
    name: "leavesTokensDisabled",
    title: "no tokens after a snapshot that enabled auth",
    story: "Auth is on by the snapshot, and whoever gives tokens out was not told.",
    source: ["etcd-io/etcd#13205"],
  },
  {
    id: "A6",
    name: "acceptsOldPassword",
    title: "a sign-in overtakes the change of its password",
    story:
      "The password is checked where the sign-in comes in. Until it is applied the password may " +
      "have been changed, and the old one gets a token.",
    source: ["etcd-io/etcd Authenticate"],
  },
  {
    id: "A7",
    name: "checksWritesEarly",
    title: "a write is checked where it is asked for, and not where it is applied",
    story: "Permissions that were revoked in between still count, by whichever member was asked.",
    source: ["etcd-io/etcd#5793"],
  },
  {
    id: "A8",
    name: "admitsStrangers",
    title: "strangers see members, alarms and leases, raise alarms, renew leases",
    story: "These calls asked for no user at all.",
    source: ["CVE-2026-33413"],
  },
] as const satisfies readonly KnownMistake[];

export type AuthMistakes = Switches<typeof AUTH>;
