import { beforeAll, describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { type ScenarioData, scenarioYaml } from "../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import type { Session } from "../../src/session/session.ts";
import { benchRows } from "../../src/ui/bench-rows.ts";
import { Recording } from "../../src/ui/recording.ts";
import { textOf } from "../../src/ui/style.ts";
import {
  type Live,
  type Outside,
  recordingOf,
  type Workbench,
  work,
  workbench,
} from "../../src/ui/workbench.ts";
import { benchAt, DOWN, ENTER, ESCAPE, press as pressed, sessionOf, UP } from "./pressed.ts";

const session = sessionOf("leader-crash");

let saved: { data: ScenarioData; file: string }[] = [];
const OUTSIDE: Outside = {
  save: (data, file) => {
    saved.push({ data, file });
    return `saved ${file}`;
  },
  command: (branch, moment) => `${branch === null ? "whole" : "branch"} ${moment}`,
};

/** The workbench at a virtual time (µs), after these presses, each a key or a text. */
function at(us: number, presses: readonly string[], from: Session | null = session): Workbench {
  return press({ ...benchAt(session, us), session: from }, presses);
}

function press(bench: Workbench, presses: readonly string[]): Workbench {
  return pressed(bench, presses, OUTSIDE);
}

const screen = (bench: Workbench, columns = 100, rows = 34): string =>
  benchRows(bench, { columns, rows }, []).map(textOf).join("\n");

beforeAll(() => {
  saved = [];
});

describe("a run is broken by hand", () => {
  test("a member is crashed, and the run goes on from there in a branch of its own", () => {
    const bench = at(3_589_166, ["x", "c", "2"]);
    expect(bench.session?.branches).toHaveLength(2);
    expect(bench.session?.branch.data.steps.at(-1)).toEqual({
      at: "3.589166s",
      crash: { member: "m2", disk: "lose" },
    });
    expect(bench.notice).toBe("crash: {member: m2, disk: lose}");
    expect(screen(press(bench, [","]))).toContain("branch 2/2 c");
    // The fault is the last thing that is seen.
    expect(screen(bench)).toMatch(/m2 {2}crashes as leader of term 3/);
  });

  test("what can't be done says why, and nothing is changed", () => {
    const bench = at(3_589_166, ["x", "c", "3"]);
    expect(bench.notice).toBe("m3 is not running");
    expect(bench.session).toBe(session);
    expect(at(3_589_166, ["x", "c", "7"]).notice).toBe("there is no m7");
    expect(at(3_589_166, ["x", "?"]).notice).toMatch(/none of these/);
    expect(at(1_000, ["x", "l", "1"]).notice).toBe("there is no such message");
    expect(at(3_589_166, ["x"], null).notice).toMatch(/recorded trace/);
  });

  test("a message that flies is chosen, and lost", () => {
    const recording = recordingOf(session.branch);
    const sent = recording.events.find(
      (event) => event.kind === "send" && event.message.type === "MsgVote",
    );
    const moment = (sent?.at ?? 0) + 1;
    const bench = at(moment, ["x", "l"]);
    expect(screen(bench)).toMatch(/1 m\d → m\d {2}request for a vote, term \d/);
    const events = press(bench, ["1"]).session?.branch.run.events ?? [];
    const lost = events.find((event) => event.kind === "drop" && event.at === moment);
    expect(lost).toMatchObject({ reason: "loss", message: { type: "MsgVote" } });
  });

  test("sides of a partition are chosen until Enter, and taken back by the same number", () => {
    const bench = at(2_000_000, ["x", "|", "1", "2", "2", ENTER]);
    expect(bench.session?.branch.data.steps.at(-1)).toEqual({
      at: "2s",
      partition: [["m1"], ["m2", "m3"]],
    });
    expect(at(2_000_000, ["x", "|", ENTER]).notice).toBe("nobody is chosen yet");
    expect(at(2_000_000, ["x", "|", ESCAPE]).mode.kind).toBe("menu");
    expect(at(2_000_000, ["x", "|", ESCAPE, ESCAPE]).mode.kind).toBe("watch");
  });

  test("a step is typed as in a file; what is wrong with it is said, and it can be mended", () => {
    const bench = at(2_000_000, [":", "put: { key: a, value: 1 }", ENTER]);
    expect(bench.session?.branch.title).toBe("put: {key: a, value: 1}");
    const wrong = at(2_000_000, [":", "crahs: m1", ENTER]);
    expect(wrong.notice).toContain("crash");
    expect(wrong.mode).toMatchObject({ kind: "prompt", text: "crahs: m1" });
    expect(at(2_000_000, [":", "crash", ENTER]).notice).toMatch(/a step is a word/);
  });

  test("every entry of the menu is a step that a scenario knows", () => {
    for (const [keys, step] of [
      [["p", "2"], "pause"],
      [["i", "2"], "partition"],
      [["1", "1", "2"], "cut"],
      [["h"], "heal"],
      [["w", "1"], "disk-slow"],
      [["t", "1"], "crash-at"],
      [["j", "1"], "skew"],
      [["e", "1"], "campaign"],
      [["m", "2"], "transfer"],
      [["u"], null],
      [["a"], "add-member"],
      [["x", "2"], "remove-member"],
    ] as const) {
      const bench = at(2_000_000, ["x", ...keys]);
      expect(bench.session?.branches, keys.join("")).toHaveLength(2);
      if (step === null) continue;
      const faults = bench.session?.branch.run.events.filter(({ kind }) => kind === "fault") ?? [];
      expect(faults.map((event) => (event.kind === "fault" ? event.fault : ""))).toContain(step);
    }
  });
});

describe("branches", () => {
  test("are shown beside each other at one time, with what differs", () => {
    const bench = press(at(3_589_166, ["x", "c", "2"]), ["B"]);
    const text = screen(bench);
    expect(text).toContain(" 2: crash: {member: m2, disk: lose}");
    expect(text).toContain(" 1: The leader crashes");
    expect(text).toContain("differs: leader nobody / m2");
    for (const size of [
      [80, 24],
      [160, 50],
    ] as const) {
      const rows = screen(bench, ...size).split("\n");
      expect(rows.length).toBeLessThan(size[1]);
      expect(rows.filter((row) => row.length > size[0])).toEqual([]);
    }
    expect(screen(press(bench, ["b"]))).toContain(" 2: crash: {member: m2");
    expect(screen(press(bench, ["B"]))).not.toContain("differs:");
  });

  test("are taken back, and saved as what replays to the same digest", () => {
    const bench = at(3_589_166, ["x", "c", "2", "s", "mine.yaml", ENTER]);
    const [last] = saved.slice(-1);
    expect(last?.file).toBe("mine.yaml");
    const again = runScenario(parseScenario(scenarioYaml(last?.data as ScenarioData), "mine.yaml"));
    expect(again.report.traceDigest).toBe(bench.session?.branch.run.report.traceDigest);
    const undone = press(bench, ["u"]);
    expect(undone.session?.branches).toHaveLength(1);
    expect(press(undone, ["u"]).notice).toBe("nothing was done by hand in this run");
    expect(press(undone, ["b"]).notice).toMatch(/^there is one branch/);
  });

  test("go on for as long as somebody plays, those that have no end of their own", () => {
    const bench = press(at(3_589_166, ["x", "c", "2"]), ["G"]);
    const before = bench.recording.end;
    const later = work(
      bench,
      { type: "player", action: { type: "step", by: 1, unit: "story" } },
      OUTSIDE,
    );
    expect(later.recording.end).toBeGreaterThan(before + 5_000_000);
    const whole = press(at(3_589_166, []), ["G", "l"]);
    expect(whole.recording).toBe(recordingOf(session.branch));
  });
});

describe("moments", () => {
  test("are marked with a note, and come back to", () => {
    const marked = press(at(2_000_000, ["M", "before", ENTER]), ["g", "M", ENTER, "G"]);
    expect(marked.bookmarks.map(({ note }) => note)).toEqual(["marked", "before"]);
    const first = press(marked, ["'"]);
    expect(first.player.position).toBe(0);
    const second = press(first, ["'"]);
    expect(second.notice).toBe("before");
    expect(second.player.position).toBe(recordingOf(session.branch).frames.positionAt(2_000_000));
    expect(at(0, ["'"]).notice).toMatch(/M marks one/);
  });

  test.each([
    [80, 24],
    [160, 50],
  ])("that are marked stand on the line of time at %i×%i, each in its branch", (columns, rows) => {
    const line = (bench: Workbench): string => screen(bench, columns, rows).split("\n")[1] ?? "";
    const marked = press(at(2_000_000, ["M", "before", ENTER]), ["G"]);
    expect(line(press(at(2_000_000, []), ["G"]))).not.toContain("■");
    expect(line(marked).match(/■/g)).toHaveLength(1);
    const branch = press(marked, ["'", "x", "c", "2", "G"]);
    expect(line(branch)).not.toContain("■");
    expect(line(press(branch, ["b", "G"]))).toContain("■");
  });

  test("have a text that opens them again", () => {
    const { position } = at(2_000_000, []).player;
    expect(at(2_000_000, ["Y"]).notice).toBe(`whole 2s#${position}`);
  });

  test("the story is filtered, in every view, until the filter is emptied", () => {
    const bench = at(3_600_000, ["/", "VOTES", ENTER]);
    const text = screen(bench);
    expect(text).toContain('what happened with "VOTES"');
    expect(text).toMatch(/votes for m\d/);
    expect(text).not.toContain("acknowledged");
    expect(screen(press(bench, ["d"]), 160)).toContain('what happened with "VOTES"');
    expect(screen(press(bench, ["/", ENTER]))).toContain("acknowledged");
    expect(screen(press(bench, [ESCAPE]))).toContain("acknowledged");
  });

  test("a filter's words may stand anywhere in a line", () => {
    const text = screen(at(3_600_000, ["/", "term votes", ENTER]));
    expect(text).toMatch(/votes for m\d in term/);
  });

  test("earlier filters come back while one is typed, and what was typed after them", () => {
    const bench = at(3_600_000, ["/", "vote", ENTER, "/", "put", ENTER, "/", "vote", ENTER]);
    const typed = (presses: readonly string[]) => press(bench, ["/", ...presses]).mode;
    expect(typed([UP])).toMatchObject({ text: "vote" });
    expect(typed(["x", UP, UP])).toMatchObject({ text: "put" });
    expect(typed(["x", UP, UP, UP, DOWN])).toMatchObject({ text: "vote" });
    expect(typed(["x", UP, UP, DOWN, DOWN, DOWN])).toMatchObject({ text: "x" });
    expect(typed([UP, "s", UP, DOWN])).toMatchObject({ text: "votes" });
    // Of each kind of line its own.
    expect(press(bench, [":", UP]).mode).toMatchObject({ text: "" });
  });

  test("the help is filtered by words of its own, and left level by level", () => {
    const bench = at(3_600_000, ["?", "/", "revisions", ENTER]);
    const text = screen(bench);
    expect(text).toContain('keys with "revisions"');
    expect(text).toMatch(/d +store/);
    expect(text).not.toContain("play, pause");
    expect(screen(press(bench, ["/", "zzz", ENTER]))).toContain("no key does that");
    const all = press(bench, [ESCAPE]);
    expect(screen(all)).toContain("play, pause");
    expect(all.player).toMatchObject({ help: true, filter: "" });
    expect(press(all, [ESCAPE]).player.help).toBe(false);
    expect(screen(press(bench, ["?", "?"]))).toContain("play, pause");
  });
});

describe("a run that goes on while it is looked at", () => {
  const { header, events } = (session as Session).branch.run;
  const upTo = (count: number) => new Recording(header, events.slice(0, count));
  const done: unknown[] = [];
  const live: Live = {
    act: (step) => {
      if ("resume" in step) return { done: false, text: "m1 is not paused" };
      done.push(step);
      return { done: true, text: "done" };
    },
    data: () => (session as Session).branch.data,
  };
  function liveAt(count: number, position = count): Workbench {
    const recording = upTo(count);
    const player = {
      ...benchAt(session, 0).player,
      ...{ position, now: recording.timeAt(position), playing: false, lesson: false },
    };
    return workbench(null, recording, player, live);
  }

  test("its end is followed, and what was before is left in peace", () => {
    const grown = { type: "grown", recording: upTo(1_200) } as const;
    const followed = work(liveAt(1_000), grown, OUTSIDE);
    expect(followed.player.position).toBe(1_200);
    expect(screen(followed)).toContain("● live");
    const earlier = work(liveAt(1_000, 500), grown, OUTSIDE);
    expect(earlier.player.position).toBe(500);
    expect(screen(earlier)).toContain("○ live, seen earlier");
    expect(work({ ...liveAt(1_000), notice: "told" }, grown, OUTSIDE).notice).toBe("told");
  });

  test("what is done to it is done now, by the menu and by words, and is saved", () => {
    const broken = press(liveAt(1_500), ["x", "c", "1"]);
    expect(broken.notice).toBe("done");
    const typed = press(broken, [":", "heal: true", ENTER]);
    expect(typed.mode.kind).toBe("watch");
    expect(done).toEqual([{ crash: { member: "m1", disk: "lose" } }, { heal: true }]);
    const refused = press(typed, [":", "resume: m1", ENTER]);
    expect(refused.notice).toBe("m1 is not paused");
    expect(refused.mode).toMatchObject({ kind: "prompt", text: "resume: m1" });
    saved = [];
    press(typed, ["s", "mine", ENTER]);
    expect(saved).toHaveLength(1);
  });
});
