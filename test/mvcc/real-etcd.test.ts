import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Store } from "../../src/mvcc/store.ts";
import { RealEtcd, releases } from "../support/real-etcd.ts";
import { HISTORY, hashesOf, type Step } from "./history.ts";

const here = releases();

/**
 * What etcd 3.4.23 (Debian) answered, taken with the live test below:
 * `etcdctl put a 1`, … as `HISTORY` says, `etcdctl compact 6`, a wait of 100 ms for the removal,
 * `etcdctl endpoint hashkv --rev 7 -w json`, …
 */
const GOLDEN: readonly number[] = [
  2587454935, 1135732000, 864488237, 2360669341, 1981781933, 1404290503, 1511356899, 2005646211,
  3248609675, 4001752594, 3770302570, 2398913754, 3271368932, 2398913754, 3979966072, 4121027232,
  1714847528,
];

describe("hashKV", () => {
  test("is etcd's for a history with transactions, tombstones and compactions", () => {
    expect(hashesOf(new Store(), HISTORY)).toEqual(GOLDEN);
  });

  if (here.length === 0) test.skip("is etcd's: none in PATH, none in the cache", () => undefined);

  test.each(here)("is that of a real etcd $version", async ({ folder }) => {
    const dir = mkdtempSync(join(tmpdir(), "detcd-hash-"));
    const etcd = await RealEtcd.startOf(folder, join(dir, "data"));
    try {
      const theirs: number[] = [];
      for (const step of HISTORY) {
        if (step.type === "hash") theirs.push(hashKv(etcd, step.revision));
        else run(etcd, step);
      }
      expect(hashesOf(new Store(), HISTORY)).toEqual(theirs);
    } finally {
      await etcd.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

function hashKv(etcd: RealEtcd, revision: number): number {
  const json = etcd.ctl(["endpoint", "hashkv", "--rev", String(revision), "-w", "json"]);
  return (JSON.parse(json) as { HashKV: { hash: number } }[])[0]?.HashKV.hash ?? -1;
}

function run(etcd: RealEtcd, step: Step): void {
  if (step.type === "compact") {
    // Without the flag the answer comes before the rows are removed.
    etcd.ctl(["compact", "--physical", String(step.revision)]);
  } else if (step.type === "txn") {
    const requests = step.steps.map((inner) => words(inner).join(" "));
    // No guards, the requests, none for the other branch.
    etcd.ctl(["txn"], `\n${requests.join("\n")}\n\n\n`);
  } else etcd.ctl(words(step));
}

function words(step: Step): string[] {
  if (step.type === "put") return ["put", step.key, step.value];
  if (step.type === "delete") return ["del", step.key, ...(step.end === "" ? [] : [step.end])];
  throw new Error(`${step.type} is not a plain command`);
}
