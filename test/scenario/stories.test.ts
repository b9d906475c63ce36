import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { renderStory } from "../../src/trace/story/story-text.ts";

const FOLDER = resolve(import.meta.dirname, "../../scenarios");

function storyOf(name: string): string[] {
  const text = readFileSync(join(FOLDER, `${name}.yaml`), "utf8");
  const { header, events } = runScenario(parseScenario(text, `scenarios/${name}.yaml`));
  return renderStory(header, events);
}

/** What a scenario tells people to look for, where it is to be found: lines of its plain story, in order. */
const LOOK_FOR: Readonly<Record<string, readonly RegExp[]>> = {
  "slow-watcher": [
    /w1 hears from m2: put k1=/,
    /m2 {2}can't hand w2 of c3 revision 138 and makes it a victim: .*c3 has read up to revision 1 only/,
    /m2 {2}will serve w2 of c3 from history, from revision 139 on/,
    /m2 {2}has w2 of c3 in step again/,
    /c3 {2}w2 hears from m2: .* 87 more at revision 301 .*; it has caught up, from 90 revisions behind/,
  ],
  "slow-watcher-compacted": [
    /makes it a victim/,
    /m1 {2}compacts the store up to revision 201/,
    /w2 is cancelled by m2: what it would hear next, revision 139, is compacted: 201/,
  ],
  "progress-of-the-unsynced": [
    /makes it a victim/,
    /c3 {2}asks up to where its watches have heard of everything/,
    /in step again/,
    /c3 {2}asks up to where its watches have heard of everything/,
    /c3 {2}w1 has heard of all up to revision 201, m2 says/,
  ],
  "snapshot-while-writing": [
    /m3 {2}takes over m1's snapshot/,
    /m3 {2}will serve w1 of c2 from history, from revision 22 on: a snapshot took the place/,
    /c2 {2}w1 hears from m3: put k21=v21, .*; it has caught up, from 110 revisions behind/,
  ],
  "lease-through-partition": [
    /m1 {2}renews lease \S+ for 12 s, 2 times until 4.\d+s: c1 keeps it alive by way of m3/,
    /m1 {2}renews lease \S+ for 6 s, 2 times until 3.\d+s: c1 keeps it alive by way of m3/,
    /m1 {2}revokes lease \S+, and a goes with it: it had expired/,
    /c1 {2}keep lease \S+ alive fails at m3 after 4.\d+s \(etcdserver: no leader\)/,
    /m1 {2}renews lease \S+ for 12 s, 3 times until 19.\d+s: c1 keeps it alive by way of m1/,
  ],
  "lease-expires": [
    /m1 {2}renews lease \S+ for 5 s, 6 times until 10.\d+s: c2 keeps it alive/,
    /m1 {2}puts b under lease \S+ instead of/,
    /m1 {2}finds lease \S+ expired by its clock .* 5s ago/,
    /c3 {2}w1 hears from m3: delete a/,
  ],
  "lease-after-leader-change": [
    /renews lease \S+ for 8 s, 2 times until 3.\d+s/,
    /9.\d+s {2}m1 {2}crashes as leader/,
    /m3 {2}counts leases down from now on/,
    /it had expired/,
  ],
  "crash-while-compacting": [
    /m3 {2}crashes: .*; it was in the middle of compacting to revision 3002/,
    /m3 {2}starts again/,
    /m3 {2}finds a note in its database, that a compaction to revision 3002 was scheduled/,
    /m3 {2}has freed all that the compaction to revision 3002 left over/,
  ],
  "corrupt-member": [
    /get balance \(serializable\) is answered by m3: "9000"/,
    /get balance \(serializable\) is answered by m1: "1000"/,
    /m1 {2}raises the alarm CORRUPT of m3/,
    /corrupt cluster/,
  ],
  "permission-revoked": [
    /m1 {2}entry 16 \(take \[jobs/,
    /m1 {2}entry 17 \(put jobs\/2=by ann\)/,
    /c2 {2}asks m3 for put jobs\/2=by ann: m3 answered "etcdserver: revision of auth store is old"/,
    /permission denied/,
  ],
  "jwt-and-skewed-clock": [
    /m3's wall clock jumps by 60000 ms/,
    /c1 {2}asks m1 for sign in ann: m3 did not answer in time/,
    /m3's wall clock jumps by -120000 ms/,
    /c1 {2}get jobs\/1 \(serializable\) is answered by m3/,
    /m1 {2}finds lease \S+ expired by its clock .* 6s ago/,
    /c1 {2}asks m3 for get jobs\/1 .*: m3 answered "etcdserver: invalid auth token"/,
  ],
  "lost-unsynced-write": [
    /put promised=yes is acknowledged/,
    /put unpromised=yes .* can't know whether it happened/,
    /starts again: .*; it has lost entry 6 \(put unpromised=yes\)/,
  ],
  "clock-drift": [
    /m3 {2}becomes leader in term 3/,
    /m1 {2}steps down as leader of term 2/,
    /c3 {2}get x fails at m1 after 2s \(etcdserver: leader changed\)/,
  ],
  "transfers-through-crashes": [
    /of them to transactions whose guards did not hold/,
    /can't know whether it happened/,
  ],
};

test.each(Object.entries(LOOK_FOR))("%s tells in its story what to look for", (name, wanted) => {
  const story = storyOf(name);
  let place = 0;
  for (const line of wanted) {
    const found = story.findIndex((told, i) => i >= place && line.test(told));
    expect(found, `${line} in\n${story.slice(place).join("\n")}`).toBeGreaterThanOrEqual(0);
    place = found + 1;
  }
});

test("no story says of a request that writes nothing that it did not happen", () => {
  for (const name of ["lease-after-leader-change", "lock-lost-while-paused", "clock-drift"]) {
    const wrong = storyOf(name).filter((line) => /certainly did not/.test(line));
    expect(wrong.filter((line) => !/revoke lease/.test(line))).toEqual([]);
  }
});
