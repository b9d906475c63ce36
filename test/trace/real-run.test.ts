import { expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import type { Fault } from "../../src/sim/fault.ts";
import type { MemberView } from "../../src/sim/view.ts";
import { digestOf, TraceDigest } from "../../src/trace/digest.ts";
import type { TraceHeader } from "../../src/trace/events.ts";
import { memberOf } from "../../src/trace/frames/frame.ts";
import { FrameIndex } from "../../src/trace/frames/frames.ts";
import { encodeTrace, parseTrace } from "../../src/trace/ndjson.ts";
import { ListSink } from "../../src/trace/recorder.ts";
import { renderStory } from "../../src/trace/story/story-text.ts";
import { ask } from "../support/patient.ts";

/** A member as its own process sees it, as far as a frame shows it. */
function own(view: MemberView): object {
  const { id, status, role, term, vote, lead, commit, applied, firstIndex, lastIndex } = view;
  const { conf, revision, refusal } = view;
  if (status === "down" || status === "refused") return { id, status, refusal };
  return {
    ...{ id, status, role, term, vote, lead, commit, applied, firstIndex, lastIndex },
    ...{ conf, revision, refusal },
  };
}

/** Three members, of which some crash, pause, are cut off and come back, while a client writes. */
function run(seed: number) {
  const list = new ListSink();
  const digest = new TraceDigest();
  const options = { ...DEFAULT_CLUSTER, seed, members: 3, snapshotEntries: 20, catchUpEntries: 5 };
  const cluster = new Cluster(options, { sinks: [list, digest] });
  const moments: { position: number; views: MemberView[] }[] = [];
  const header: TraceHeader = {
    ...{ detcd: "trace", version: 1, name: "real", title: "A real run", teaches: "", seed },
    members: cluster.memberIds(),
    tickUs: options.tickUs,
    electionTicks: options.electionTicks,
  };
  let writes = 0;
  const live = (us: number, fault?: () => Fault) => {
    if (fault !== undefined) cluster.inject(fault());
    for (const end = cluster.now + us; cluster.now < end; ) {
      const value = String(writes++);
      ask(cluster, 1, op.put(`k${writes % 5}`, value));
      cluster.runUntil(cluster.now + 50_000);
      moments.push({ position: list.events.length, views: cluster.views() });
    }
  };
  live(2_000_000);
  const first = cluster.leader();
  const other = cluster.memberIds().find((id) => id !== first) ?? 0;
  live(2_500_000, () => ({ type: "crash", member: first, disk: "lose" }));
  live(1_500_000, () => ({ type: "restart", member: first }));
  live(2_500_000, () => ({ type: "partition", groups: [[cluster.leader()]] }));
  live(1_500_000, () => ({ type: "heal" }));
  live(1_500_000, () => ({ type: "pause", member: other }));
  live(1_500_000, () => ({ type: "resume", member: other }));
  return { header, events: list.events, digest: digest.hex(), moments };
}

test.each([1, 2, 3])("frames folded from a run show what its members think (seed %i)", (seed) => {
  const { header, events, moments } = run(seed);
  const index = new FrameIndex(header, events);
  expect(moments.length).toBeGreaterThan(200);
  for (const { position, views } of moments) {
    const frame = index.seek(position);
    for (const view of views) {
      const m = memberOf(frame, view.id);
      if (m.status === "absent") continue; // its process has not started yet
      // Raft takes a received snapshot into its log at once; the trace tells when it is installed.
      const installs = events.slice(position, position + 300).some((event) => {
        return event.kind === "restore" && event.index === view.firstIndex - 1;
      });
      if (installs && view.firstIndex > m.log.firstIndex) continue;
      const { firstIndex, lastIndex } = m.log;
      expect(own({ ...m, firstIndex, lastIndex } as unknown as MemberView)).toEqual(own(view));
    }
  }
});

test("a run's file is read back to the same events, and its digest is the live one", () => {
  const { header, events, digest } = run(1);
  const back = parseTrace(encodeTrace(header, events), "run.ndjson");
  expect(back.events).toEqual(events);
  expect(digestOf(back.events)).toBe(digest);
});

test("a run's story names each leader with its votes, the crash, and the return", () => {
  const { header, events } = run(1);
  const story = renderStory(header, events).join("\n");
  const won = events.filter((e, i) => {
    if (e.kind !== "role" || e.role !== "leader") return false;
    const before = events.slice(0, i).findLast((b) => b.kind === "role" && b.member === e.member);
    return before?.kind !== "role" || before.role !== "leader";
  });
  expect(won.length).toBeGreaterThanOrEqual(3);
  for (const e of won) {
    if (e.kind === "role") {
      expect(story).toContain(`m${e.member}  becomes leader in term ${e.term}: votes from`);
    }
  }
  expect(story).toMatch(/m\d {2}crashes as leader of term \d/);
  expect(story).toMatch(/m\d {2}starts again: its disk holds/);
  expect(story).toMatch(/m\d {2}has caught up with entry \d+: m\d sent it/);
});
