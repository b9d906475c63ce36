import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import xterm from "@xterm/headless";
import { describe, expect, test } from "vitest";
import { cast } from "../../src/export/asciicast.ts";
import { startState } from "../../src/ui/player.ts";
import { Recording } from "../../src/ui/recording.ts";
import { screenRows } from "../../src/ui/screen.ts";
import { textOf } from "../../src/ui/style.ts";
import { asciinema } from "./support/programs.ts";
import { scenarioRun } from "./support/runs.ts";
import { written } from "./support/traces.ts";

const run = scenarioRun("leader-crash");

interface Cast {
  readonly header: Readonly<Record<string, unknown>>;
  readonly events: readonly (readonly [time: number, code: string, data: string])[];
}

function read(text: string): Cast {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  return { header: JSON.parse(header), events: lines.map((line) => JSON.parse(line)) };
}

const three = read(written("asciicast", run).text);
const two = read(written("asciicast", run, { castVersion: 2 }).text);

describe("a cast", () => {
  test("of version 3 has its size in `term` and the time since the event before", () => {
    const { version, term, width } = three.header;
    expect([version, term, width]).toEqual([
      3,
      expect.objectContaining({ cols: 100, rows: 30 }),
      undefined,
    ]);
    for (const [time, code, data] of three.events) {
      expect(time).toBeGreaterThanOrEqual(0);
      expect(["o", "m"]).toContain(code);
      expect(data).not.toBe("");
    }
  });

  test("of version 2 is the same, with the time since the start", () => {
    const { version, width, height, term } = two.header;
    expect([version, width, height, term]).toEqual([2, 100, 30, undefined]);
    let time = 0;
    const since = three.events.map(([step, code, data]) => {
      time += Math.round(step * 1000);
      return [time / 1000, code, data];
    });
    expect(two.events).toEqual(since);
  });

  test("ends as the screen does, on a terminal", async () => {
    const terminal = new xterm.Terminal({ cols: 100, rows: 30, allowProposedApi: true });
    const output = three.events.filter(([, code]) => code === "o").map(([, , data]) => data);
    await new Promise<void>((done) => terminal.write(output.join(""), done));
    const shown = Array.from({ length: 29 }, (_, i) =>
      terminal.buffer.active.getLine(i)?.translateToString().trimEnd(),
    );
    const recording = new Recording(run.header, run.events);
    const end = { ...startState(), playing: false, position: recording.length, now: recording.end };
    const rows = screenRows(recording, end, { columns: 100, rows: 30 }, []);
    expect(shown).toEqual(rows.map((row) => textOf(row).slice(0, 100).trimEnd()));
  });

  test("marks elections and faults", () => {
    const marks = three.events.filter(([, code]) => code === "m").map(([, , text]) => text);
    expect(marks).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/m3 crashes as leader/),
        expect.stringMatching(/m2 becomes leader in term 3/),
      ]),
    );
  });

  test("is shorter if it is played faster, or from a moment on", () => {
    const seconds = (options: object) =>
      Math.max(
        ...read(written("asciicast", run, { castVersion: 2, ...options }).text).events.map(
          ([time]) => time,
        ),
      );
    expect(seconds({ speed: 10 })).toBeLessThan(seconds({}));
    expect(seconds({ from: 3_000_000 })).toBeLessThan(seconds({}));
  });
});

test("a cast of a long run ends early, and says so", () => {
  const notes: string[] = [];
  const text = [...cast(run, { castVersion: 2 }, (said) => notes.push(said), 20)].join("");
  const short = read(text).events;
  expect(short.slice(0, -1)).toEqual(two.events.slice(0, short.length - 1));
  expect(short.length).toBeLessThan(two.events.length);
  expect(notes).toEqual([expect.stringMatching(/^the cast ends at \d.*--speed/)]);
});

const player = asciinema();
if (player === null) {
  test.skip("a cast in asciinema: none here (DETCD_ASCIINEMA names one)", () => undefined);
} else {
  // asciinema 2, which PyPI has, plays version 2 alone.
  test.each(player.version >= 3 ? ([2, 3] as const) : ([2] as const))(
    "asciinema opens a cast of version %i",
    (castVersion) => {
      const folder = mkdtempSync(join(tmpdir(), "detcd-cast-"));
      try {
        const file = join(folder, "run.cast");
        const { text } = written("asciicast", run, { castVersion });
        writeFileSync(file, text);
        const files = player.version >= 3 ? [file, file] : [file];
        const { stdout, status } = spawnSync(player.program, ["cat", ...files], {
          encoding: "utf8",
          maxBuffer: 1e8,
        });
        expect(status).toBe(0);
        const output = read(text).events.filter(([, code]) => code === "o");
        if (player.version < 3) expect(stdout).toBe(output.map(([, , data]) => data).join(""));
        else expect(stdout.length).toBeGreaterThan(text.length);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
}
