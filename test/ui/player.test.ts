import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { foldFrame } from "../../src/trace/frames/fold.ts";
import { firstFrame } from "../../src/trace/frames/frame.ts";
import { actionsOf } from "../../src/ui/keys.ts";
import { type Action, type PlayerState, reduce, SPEEDS, startState } from "../../src/ui/player.ts";
import { Recording } from "../../src/ui/recording.ts";
import { screenRows } from "../../src/ui/screen.ts";
import { textOf } from "../../src/ui/style.ts";
import { SAMPLE_HEADER, sampleTrace, TraceWriter } from "../support/sample-trace.ts";

const recording = new Recording(SAMPLE_HEADER, sampleTrace());
const NO_KEY = {
  leftArrow: false,
  rightArrow: false,
  upArrow: false,
  downArrow: false,
  pageUp: false,
  pageDown: false,
  home: false,
  end: false,
  shift: false,
  tab: false,
  escape: false,
  ctrl: false,
};

function play(actions: readonly Action[], from: PlayerState = startState()): PlayerState {
  return actions.reduce((state, action) => reduce(state, action, recording), from);
}

const by = fc.constantFrom<(1 | -1)[]>(1, -1);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom<Action[]>(
    { type: "play" },
    { type: "start" },
    { type: "end" },
    { type: "help" },
    { type: "why" },
    { type: "detail" },
    { type: "escape" },
    { type: "clients" },
  ),
  fc.record({ type: fc.constant("step" as const), by, unit: fc.constantFrom("story", "event") }),
  fc.record({ type: fc.constant("jump" as const), by, to: fc.constantFrom("election", "fault") }),
  fc.record({ type: fc.constant("speed" as const), by }),
  fc.record({ type: fc.constant("scrub" as const), by }),
  fc.record({ type: fc.constant("zoom" as const), by }),
  fc.record({ type: fc.constant("select" as const), member: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ type: fc.constant("select-next" as const), by }),
  fc.record({ type: fc.constant("tick" as const), ms: fc.integer({ min: 1, max: 4000 }) }),
) as fc.Arbitrary<Action>;

property.prop([fc.array(action, { maxLength: 60 })], { seed: 8, numRuns: 300 })(
  "whatever is pressed, the moment shown is one of the run, and its time fits it",
  (actions) => {
    let state = startState();
    for (const next of actions) {
      state = reduce(state, next, recording);
      const { position, now } = state;
      expect(position).toBeGreaterThanOrEqual(0);
      expect(position).toBeLessThanOrEqual(recording.length);
      expect(now).toBeGreaterThanOrEqual(recording.timeAt(position));
      const following = recording.events[position];
      if (following !== undefined) expect(now).toBeLessThanOrEqual(following.at);
      expect([0, 1, 2, 3]).toContain(state.selected);
      const folded = recording.events
        .slice(0, position)
        .reduce(foldFrame, firstFrame(SAMPLE_HEADER));
      expect(recording.frames.seek(position).seq).toBe(folded.seq);
      expect(JSON.stringify(recording.frames.seek(position))).toBe(JSON.stringify(folded));
    }
  },
);

test("stepping forward visits every line of the story once, and back the same ones", () => {
  const there: number[] = [];
  let state = startState();
  while (state.position < recording.length) {
    state = play([{ type: "step", by: 1, unit: "story" }], state);
    there.push(state.position);
  }
  expect(there.slice(0, -1)).toEqual(recording.stops);
  expect(recording.stops.map((stop) => recording.lineAtStop(stop))).toEqual(recording.story);
  const back: number[] = [];
  while (state.position > 0) {
    state = play([{ type: "step", by: -1, unit: "story" }], state);
    back.push(state.position);
  }
  expect(back).toEqual([...recording.stops.toReversed(), 0]);
});

describe("playing", () => {
  const tick = (ms: number): Action => ({ type: "tick", ms });

  test("stands at each story line, long enough to read it", () => {
    let state = startState();
    const seen: number[] = [];
    for (let ms = 0; ms < 60_000 && state.playing; ms += 50) {
      state = play([tick(50)], state);
      if (recording.lineAtStop(state.position) !== undefined) seen.push(state.position);
    }
    expect(state).toMatchObject({ position: recording.length, playing: false });
    for (const [i, line] of recording.story.entries()) {
      const stood = seen.filter((position) => position === recording.stops[i]).length * 50;
      expect(stood, line.text).toBeGreaterThanOrEqual(line.routine ? 100 : 650);
    }
  });

  test("runs in the time the clock says between lines, faster where nothing is told for long", () => {
    // The first 1.2 s of the sample are silent: they take less than that, but are not skipped.
    const half = play([tick(300)]);
    expect(half.now).toBeGreaterThan(300_000);
    expect(half.now).toBeLessThan(1_200_000);
  });

  test("shows messages that matter long enough to be seen, and does not wait for heartbeats", () => {
    const shown = new Map<number, number>();
    let state = startState();
    for (let ms = 0; ms < 60_000 && state.playing; ms += 10) {
      state = play([tick(10)], state);
      for (const { seq } of recording.frames.seek(state.position).flights) {
        shown.set(seq, (shown.get(seq) ?? 0) + 10);
      }
    }
    const kinds = new Map<string, number[]>();
    for (const [seq, ms] of shown) {
      const event = recording.events[seq - 1];
      if (event?.kind !== "send" || recording.fate(seq)?.lost !== false) continue;
      kinds.set(event.message.type, [...(kinds.get(event.message.type) ?? []), ms]);
    }
    for (const type of ["MsgVote", "MsgVoteResp", "MsgApp", "MsgAppResp"]) {
      expect(Math.min(...(kinds.get(type) ?? [0])), type).toBeGreaterThanOrEqual(400);
    }
    expect(Math.max(...(kinds.get("MsgHeartbeat") ?? [0]))).toBeLessThan(400);
  });

  test("one long tick comes to the same as many short ones", () => {
    const once = play([tick(6000)]);
    const often = play(Array.from({ length: 6000 }, () => tick(1)));
    expect(Math.abs(once.position - often.position)).toBeLessThanOrEqual(2);
  });

  test("stands still while help is shown or it is paused", () => {
    expect(play([{ type: "help" }, tick(5000)]).position).toBe(0);
    expect(play([{ type: "play" }, tick(5000)]).position).toBe(0);
  });

  test("begins anew after the end", () => {
    const again = play([{ type: "end" }, { type: "play" }]);
    expect(again).toMatchObject({ position: 0, playing: true });
  });
});

test("jumps go to the places before and behind, and nowhere if there is none", () => {
  const jump = (by: 1 | -1): Action => ({ type: "jump", by, to: "election" });
  // Each of the two begins, and is won.
  const [first, second] = recording.elections;
  expect(recording.elections).toHaveLength(4);
  expect(play([jump(1)]).position).toBe(first);
  expect(play([jump(1), jump(1)]).position).toBe(second);
  expect(play([jump(1), jump(1), jump(-1)]).position).toBe(first);
  expect(play([jump(1), jump(-1)]).position).toBe(first);
  const last = recording.elections.at(-1);
  expect(play([{ type: "end" }, jump(-1)]).position).toBe(last);
  expect(play([{ type: "end" }, jump(-1), jump(1)]).position).toBe(last);
});

test("an election is gone to where it begins, with its pre-vote if there is one, and where it is won", () => {
  const w = new TraceWriter();
  for (const id of [1, 2, 3]) w.boot(id);
  const role = (member: number, name: "candidate" | "pre-candidate" | "leader", term: number) => {
    w.now += 100_000;
    w.emit(member, 0, "role", { role: name, term, lead: 0, reason: "" });
    return w.events.length;
  };
  const begun = role(1, "pre-candidate", 0);
  role(1, "candidate", 1);
  const won = role(1, "leader", 1);
  // Without a pre-vote; and again, for nobody won.
  const second = role(2, "candidate", 2);
  const third = role(2, "candidate", 3);
  const run = new Recording(SAMPLE_HEADER, w.events);
  expect(run.elections).toEqual([begun, won, second, third]);
});

describe("the line of time", () => {
  const zoom = (by: 1 | -1): Action => ({ type: "zoom", by });
  const scrub = (by: 1 | -1): Action => ({ type: "scrub", by });
  const row = (state: PlayerState, columns = 80): string =>
    textOf(screenRows(recording, state, { columns, rows: 24 }, [])[1] ?? []);

  test("is zoomed in around the moment, and says from and until when it is", () => {
    const at = play([{ type: "jump", by: 1, to: "election" }]);
    const whole = row(at);
    const closer = play([zoom(1)], at);
    expect(closer.position).toBe(at.position);
    const [, from = "", to = ""] = /^ (\S+)s ◂.*▸ (\S+)s $/.exec(row(closer)) ?? [];
    expect(Number(from) * 1e6).toBeLessThan(at.now);
    expect(Number(to) * 1e6).toBeGreaterThan(at.now);
    expect(Number(to) * 1e6).toBeLessThan(recording.end);
    expect(row(closer)).toHaveLength(80);
    // What is told lies further apart: the same moment's next marks.
    const apart = (text: string) => text.lastIndexOf("★") - text.lastIndexOf("▲");
    const second = play([...Array(3)].map((): Action => ({ type: "jump", by: 1, to: "election" })));
    expect(apart(row(play([zoom(1), zoom(1)], second)))).toBeGreaterThan(apart(row(second)));
    expect(row(play([zoom(-1)], closer))).toBe(whole);
    expect(row(play([{ type: "escape" }], closer))).toBe(whole);
  });

  test("is zoomed no closer than a few lines of the story, and no wider than the run", () => {
    const closest = play(Array.from({ length: 50 }, () => zoom(1)));
    expect(closest.zoom).toBe(recording.scale.zooms);
    expect(closest.zoom).toBeGreaterThan(0);
    expect(play([zoom(-1)]).zoom).toBe(0);
  });

  test("is gone along a cell at a time, a smaller one where it is zoomed in, to both its ends", () => {
    const middle = play([{ type: "jump", by: 1, to: "fault" }]);
    const far = play([scrub(1)], middle).now - middle.now;
    const near = play([zoom(1), zoom(1), scrub(1)], middle).now - middle.now;
    expect(near).toBeGreaterThan(0);
    expect(near).toBeLessThan(far);
    const ends = (by: 1 | -1) => play(Array.from({ length: 80 }, () => scrub(by)));
    expect(ends(1)).toMatchObject({ now: recording.end, position: recording.length });
    expect(
      play(
        [...Array(90)].map(() => scrub(-1)),
        ends(1),
      ).now,
    ).toBe(0);
  });

  test("is gone along from any moment, however close it is and however much happens in one instant", () => {
    for (const stop of recording.stops) {
      const state = { ...startState(), position: stop, now: recording.timeAt(stop), zoom: 9 };
      if (state.now < recording.end) expect(play([scrub(1)], state).now).toBeGreaterThan(state.now);
      expect(play([scrub(-1)], state).now).toBeLessThan(state.now);
    }
  });

  test("knows the moment of each of its places, as the place of each moment", () => {
    const { scale, end } = recording;
    for (let at = 0; at <= end; at += 37_123) expect(scale.at(scale.part(at))).toBeCloseTo(at, 3);
    expect(scale.at(-1)).toBe(0);
    expect(scale.at(2)).toBe(end);
  });
});

test("speeds go up and down their ladder, and stay within it", () => {
  const up = Array.from({ length: 20 }, (): Action => ({ type: "speed", by: 1 }));
  const down = Array.from({ length: 20 }, (): Action => ({ type: "speed", by: -1 }));
  expect(play(up).speed).toBe(SPEEDS.at(-1));
  expect(play(down).speed).toBe(SPEEDS[0]);
  expect(play([{ type: "speed", by: 1 }], startState(0.3)).speed).toBe(0.5);
});

test("only members that exist are selected", () => {
  expect(play([{ type: "select", member: 3 }]).selected).toBe(3);
  expect(play([{ type: "select", member: 4 }]).selected).toBe(0);
});

test("what clients have takes the place of a member's details, and the other way round", () => {
  const clients: Action = { type: "clients" };
  const select: Action = { type: "select", member: 3 };
  expect(play([select, clients])).toMatchObject({ selected: 0, clients: true });
  expect(play([clients, select])).toMatchObject({ selected: 3, clients: false });
  expect(play([clients, clients])).toMatchObject({ selected: 0, clients: false });
  expect(play([clients, { type: "escape" }])).toMatchObject({ clients: false });
});

test("keys that mean nothing do nothing, and several at once are each obeyed", () => {
  expect(actionsOf("XY@", NO_KEY)).toEqual([]);
  expect(actionsOf("c", { ...NO_KEY, ctrl: true })).toEqual([]);
  expect(actionsOf("n2q", NO_KEY)).toEqual([
    { type: "jump", by: 1, to: "election" },
    { type: "select", member: 2 },
    "quit",
  ]);
  expect(actionsOf("", { ...NO_KEY, rightArrow: true, shift: true })).toEqual([
    { type: "step", by: 1, unit: "event" },
  ]);
});
