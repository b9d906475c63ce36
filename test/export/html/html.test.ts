import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { collect } from "../../../src/export/html/collect.ts";
import type { PageData } from "../../../src/export/html/page-data.ts";
import { type Member, Model } from "../../../src/export/html/viewer/model.ts";
import { FrameIndex } from "../../../src/trace/frames/frames.ts";
import { Browser } from "../support/browser.ts";
import { chromium } from "../support/programs.ts";
import { type Recorded, scenarioRun } from "../support/runs.ts";
import { written } from "../support/traces.ts";
import { BUNDLE, viewerModule } from "./viewer-source.ts";

const run = scenarioRun("leader-crash");
const { text, notes } = written("html", run);

function dataOf(page: string): PageData {
  const [, json = ""] =
    /<script type="application\/json" id="run">(.*?)<\/script>/s.exec(page) ?? [];
  return JSON.parse(json);
}

test("the script in the page is what its source makes (`npm run viewer`)", () => {
  expect(readFileSync(BUNDLE, "utf8") === viewerModule()).toBe(true);
});

describe("a page", () => {
  test("asks for nothing, and its own policy would not let it", () => {
    const [, policy = ""] =
      /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text) ?? [];
    expect(policy).toMatch(/^default-src 'none'; /);
    const allowed = [...policy.matchAll(/'sha256-([^']+)'/g)].map(([, hash]) => hash);
    const inline = [...text.matchAll(/<(?:script|style)>(.*?)<\/(?:script|style)>/gs)].map(
      ([, code = ""]) => createHash("sha256").update(code).digest("base64"),
    );
    expect(inline.length).toBe(2);
    expect(allowed.sort()).toEqual(inline.sort());
    const markup = text.replace(/<script.*?<\/script>/gs, "");
    expect(markup).not.toMatch(/ (?:src|href|style|on\w+)=|url\(|@import/);
    expect(text.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\//);
  });

  test("holds the whole of a usual run", () => {
    expect(notes).toEqual([]);
    expect(dataOf(text).leftOut).toEqual([]);
    expect(text.length).toBeLessThan(120_000);
  });

  test("stays whole, whatever titles and keys say", () => {
    const bad = "</script><script>alert(1)</script><!-- \u2028 &amp;\"'";
    const events = run.events.map((event) =>
      event.kind === "invoke" ? { ...event, text: bad } : event,
    );
    const header = { ...run.header, title: bad, name: bad, teaches: bad };
    const page = written("html", { header, events }).text;
    expect(page.match(/<script/g)?.length).toBe(2);
    expect(dataOf(page).title).toBe(bad);
    expect(dataOf(page).calls[0]?.[5]).toBe(bad);
  });
});

/** What a page can know of a member. */
function facts(member: Member, data: PageData) {
  const { log, ...others } = member;
  const { terms, texts } = data.entries;
  const held = log.map((number) => `${terms[number]} ${texts[number]}`).slice(member.snapshot + 1);
  return { ...others, held: Array.from(held) };
}

function expectSame(
  model: Model,
  frames: FrameIndex,
  { events }: Recorded,
  position: number,
): void {
  const seq = events[position - 1]?.seq ?? 0;
  model.seek(events[position - 1]?.at ?? -1, seq);
  for (const is of frames.seek(position).members) {
    const { id, status, role, term, vote, lead, commit, applied, revision, log } = is;
    const held = log
      .slice(log.firstIndex, log.lastIndex)
      .map((entry) => `${entry.term} ${entry.text}`);
    expect(facts(model.member(id), model.data)).toEqual({
      id,
      status,
      role,
      term,
      vote,
      lead,
      commit,
      applied,
      revision,
      snapshot: log.snapshotIndex,
      held,
    });
  }
}

describe.each([
  "leader-crash",
  "catch-up-by-snapshot",
  "joint-change",
  "diverged-logs",
  "lost-unsynced-write",
  "rotten-wal",
])("the run in the page: %s", (name) => {
  const recorded = scenarioRun(name);
  const data = dataOf(written("html", recorded).text);
  const model = new Model(data);
  const frames = new FrameIndex(recorded.header, recorded.events);
  const { length } = recorded.events;

  test("any moment is the moment of the run, forwards, backwards and in leaps", () => {
    const step = Math.max(1, Math.floor(length / 150));
    for (let i = 0; i <= length; i += step) expectSame(model, frames, recorded, i);
    for (let i = length; i >= 0; i -= step) expectSame(model, frames, recorded, i);
    for (let i = 0; i < 60; i++) expectSame(model, frames, recorded, (i * 7919) % (length + 1));
  });

  test("messages are on their way from when they are sent until they arrive", () => {
    for (let i = 0; i < length; i += Math.max(1, Math.floor(length / 60))) {
      const at = recorded.events[i]?.at ?? 0;
      const flights = frames
        .seekTime(at)
        .flights.map(({ message }) => `${message.from} ${message.to} ${message.term}`);
      // A lost message is seen a little longer.
      const seen = model.flights(at).filter(({ lost }) => !lost);
      const known = seen.map(({ from, to, term }) => `${from} ${to} ${term}`);
      expect(flights).toEqual(expect.arrayContaining(known));
      const lost = model.flights(at).length - seen.length;
      expect(known.length + lost).toBeGreaterThanOrEqual(flights.length - doubled(frames, at));
    }
  });

  test("a message is not seen before the event that sends it", () => {
    for (const event of recorded.events) {
      if (event.kind !== "send" || event.message.to === event.message.from) continue;
      const seen = (seq: number) =>
        model.flights(event.at, seq).some((message) => message.seq === event.seq);
      const known = model.messages.find((message) => message.seq === event.seq);
      expect([seen(event.seq - 1), seen(event.seq)]).toEqual([
        false,
        (known?.until ?? 0) > event.at,
      ]);
    }
  });

  test("the lanes tell each role, without a gap", () => {
    for (const [id, lane] of model.stretches()) {
      lane.forEach((stretch, i) => {
        expect(stretch.from).toBe(lane[i - 1]?.to ?? 0);
        const is = frames.seekTime(stretch.from).members.find((member) => member.id === id);
        expect([stretch.status, stretch.role, stretch.term]).toEqual([
          is?.status ?? "absent",
          is?.role ?? "follower",
          is?.term ?? 0,
        ]);
      });
      expect(lane.at(-1)?.to).toBe(data.end);
    }
  });
});

/** Messages whose second copy is on its way: the page shows the first alone. */
function doubled(frames: FrameIndex, at: number): number {
  return frames
    .seekTime(at)
    .flights.filter(({ seq }) =>
      frames.events.some(
        (event) => event.cause === seq && event.kind !== "duplicate" && event.at <= at,
      ),
    ).length;
}

test("a page of a long run says what it left out: first what matters least", () => {
  const whole = collect(run, {});
  const heard = whole.messages.kinds.filter((kind) => kind % 10 !== 0).length;
  const beats = whole.messages.kinds.length - heard;
  const told = whole.story.filter(([, , , , , , weight]) => weight > 0).length;
  const most = { changes: 1e6, messages: 1e6, lines: 1e6, calls: 1e6 };
  expect(beats).toBeGreaterThan(50);

  const calm = collect(run, {}, { ...most, messages: heard, lines: told });
  expect([calm.messages.kinds.length, calm.story.length]).toEqual([heard, told]);
  expect(calm.leftOut.join(" ")).toContain(`${beats} heartbeats and answers to them are not shown`);
  expect(calm.leftOut.join(" ")).toContain(`${whole.story.length - told} routine lines`);

  const less = collect(run, {}, { ...most, messages: 40, calls: 7, lines: 5 });
  expect([less.messages.kinds.length, less.calls.length, less.story.length]).toEqual([40, 7, 5]);
  expect(less.leftOut.join(" ")).toContain(`messages are not shown (${heard - 40})`);
  expect(less.leftOut.join(" ")).toContain(`calls are not shown (${whole.calls.length - 7})`);

  const short = collect(run, {}, { ...most, changes: 200 });
  expect(short.end).toBeLessThan(whole.end);
  expect(short.leftOut[0]).toMatch(/^The page ends at \d/);
  expect(short.story.every(([, at]) => at <= short.end)).toBe(true);
});

test("where a page opens is its own affair, or said", () => {
  expect(collect(run, {}).opens).toBe(-1);
  expect(collect(run, { at: 3_000_000 }).opens).toBe(3_000_000);
});

const program = chromium();
if (program === null) {
  test.skip("a page in Chromium: none here (DETCD_CHROMIUM names one)", () => undefined);
} else {
  describe("a page in Chromium, from a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "detcd-html-"));
    const file = join(folder, "run.html");
    writeFileSync(file, written("html", run, { at: 3_526_500 }).text);

    async function shown(page: Browser) {
      return (await page.value(`({
        clock: document.querySelector("#clock").textContent,
        members: [...document.querySelectorAll(".member")].map((row) => row.querySelector(".facts").textContent),
        cells: [...document.querySelectorAll(".member")].map((row) => row.querySelectorAll(".cell.applied").length),
        now: document.querySelector(".line.now")?.textContent ?? "",
        hash: location.hash,
      })`)) as { clock: string; members: string[]; cells: number[]; now: string; hash: string };
    }

    test("shows the moment, goes on by keys and mouse, and asks the network for nothing", async () => {
      const page = await Browser.open(program, file);
      try {
        const first = await shown(page);
        expect(first.clock).toBe("3.526s");
        expect(
          first.members.map((member) => /m\d(follower|candidate|down)/.exec(member)?.[1]),
        ).toEqual(["follower", "candidate", "down"]);
        expect(first.cells).toEqual([24, 24, 24]);
        expect(first.now).toContain("becomes candidate in term 3");

        await page.press("n");
        expect((await shown(page)).now).toContain("becomes leader in term 3");
        await page.press("F");
        expect((await shown(page)).now).toContain("crashes as leader");
        await page.press("ArrowLeft");
        expect((await shown(page)).now).toContain("put k20=v20 is acknowledged");
        await page.press("End");
        const end = await shown(page);
        expect(end.members.every((member) => member.includes("commit 64"))).toBe(true);

        const box = (await page.value(
          `(({ left, top, width, height }) => ({ left, top, width, height }))(document.querySelector("#lanes").getBoundingClientRect())`,
        )) as { left: number; top: number; width: number; height: number };
        await page.click(box.left + box.width / 2, box.top + box.height / 2);
        const middle = await shown(page);
        expect(Math.abs(Number.parseFloat(middle.clock) - 3.1)).toBeLessThan(0.4);
        expect(middle.members[2]).toContain("down");
        expect(middle.hash).toMatch(/^#\d+us$/);

        await page.press(" ");
        await page.value(`new Promise((done) => {
          const clock = document.querySelector("#clock");
          const was = clock.textContent;
          const look = () => (clock.textContent === was ? requestAnimationFrame(look) : done());
          look();
        })`);
        await page.press(" ");
        expect(Number.parseFloat((await shown(page)).clock)).toBeGreaterThan(
          Number.parseFloat(middle.clock),
        );

        expect(page.complaints).toEqual([]);
        expect(page.requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
      } finally {
        await page.close();
      }
    });

    test("opens at the moment that its address names", async () => {
      const line = dataOf(text).story.find(([, , , told]) => told.startsWith("crashes"));
      const page = await Browser.open(program, file, { fragment: `${line?.[1]}us-${line?.[0]}` });
      try {
        expect((await shown(page)).now).toContain("crashes as leader of term 2");
      } finally {
        await page.close();
        rmSync(folder, { recursive: true });
      }
    });
  });
}
