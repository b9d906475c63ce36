import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { FORMATS } from "../../src/export/catalogue.ts";
import { ExportError } from "../../src/export/export-error.ts";
import { piecesOf } from "../../src/export/screen/cells.ts";
import { startState } from "../../src/ui/player.ts";
import { Recording } from "../../src/ui/recording.ts";
import { screenRows } from "../../src/ui/screen.ts";
import { textOf } from "../../src/ui/style.ts";
import { Browser } from "./support/browser.ts";
import { chromium } from "./support/programs.ts";
import { scenarioRun } from "./support/runs.ts";
import { SCREENS, screens } from "./support/screens.ts";
import { written } from "./support/traces.ts";
import { xmlFault, xmlText } from "./support/xml.ts";

const run = scenarioRun("leader-crash");
const AT = 3_526_500;

/** What stands on the terminal at that moment, without the row of keys. */
function terminal(at: number, columns: number, rows: number): string[] {
  const recording = new Recording(run.header, run.events);
  const position = recording.frames.positionAt(at);
  const state = { ...startState(), playing: false, position, now: at };
  const lines = screenRows(recording, state, { columns, rows }, []).map(textOf).slice(0, -1);
  return lines.map((line) => line.slice(0, columns).trimEnd());
}

function rowsOf(svg: string): string[] {
  return [...svg.matchAll(/<text y="[\d.]+">(.*?)<\/text>/gs)].map(([, inner = ""]) =>
    xmlText(inner.replace(/<[^>]*>/g, "")).trimEnd(),
  );
}

describe("a picture", () => {
  test("holds the text of the terminal, row by row", () => {
    const { text } = written("svg", run, { at: AT });
    expect(xmlFault(text)).toBe(null);
    expect(rowsOf(text)).toEqual(terminal(AT, 100, 30).filter((row) => row !== ""));
    expect(rowsOf(text).join("\n")).toContain("becomes candidate in term 3");
  });

  test("is as large as it is asked to be, and light if it is asked to be", () => {
    const small = written("svg", run, { at: AT, size: { columns: 80, rows: 24 } }).text;
    expect(rowsOf(small)).toEqual(terminal(AT, 80, 24).filter((row) => row !== ""));
    expect(small).not.toBe(
      written("svg", run, { at: AT, size: { columns: 80, rows: 24 }, theme: "light" }).text,
    );
    expect(() => written("svg", run, { size: { columns: 40, rows: 24 } })).toThrow(ExportError);
    expect(() => written("svg", run, { size: { columns: 40, rows: 24 } })).toThrow(/--size/);
  });

  test("needs nothing from elsewhere", () => {
    const { text } = written("svg", run);
    expect(text.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /https?:|url\(|@import|href/,
    );
  });

  test("holds whatever a title says", () => {
    const title = `<b>&"'\u0000\u001b[31m\ud800 事故 ]]> -->`;
    const { text } = written("svg", { ...run, header: { ...run.header, title, name: title } });
    expect(xmlFault(text)).toBe(null);
    expect(rowsOf(text)[0]).toContain(` <b>&"'\\u{0}\\u{1b}[31m\\u{d800} 事故 ]]> -->`);
  });
});

property.prop(
  [
    fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 6 }),
    fc.integer({ min: 1, max: 30 }),
  ],
  { seed: 4 },
)("pieces follow each other on the grid, and none goes beyond its edge", (texts, columns) => {
  let column = 0;
  for (const piece of piecesOf(
    texts.map((text) => ({ text })),
    columns,
  )) {
    expect(piece.column).toBe(column);
    expect(piece.width).toBeGreaterThan(0);
    column += piece.width;
  }
  expect(column).toBeLessThanOrEqual(columns);
});

test("a sign that is two cells wide takes two", () => {
  expect(piecesOf([{ text: "a事b" }], 10).map(({ column, width }) => [column, width])).toEqual([
    [0, 1],
    [1, 2],
    [3, 1],
  ]);
  expect(piecesOf([{ text: "ab事" }], 3).map(({ text }) => text)).toEqual(["ab"]);
});

test("the pictures of the documentation show what the terminal shows now (`npm run screens`)", () => {
  for (const [file, text] of screens()) {
    expect(readFileSync(join(SCREENS, file), "utf8") === text, file).toBe(true);
  }
});

test("docs/export.md has a row for each format, with its options", () => {
  const page = readFileSync(join(SCREENS, "../export.md"), "utf8");
  const flags: Readonly<Record<string, string>> = { castVersion: "cast-version" };
  for (const { name, takes } of FORMATS) {
    const row = new RegExp(`^\\| \`${name}\` \\|.*$`, "m").exec(page)?.[0] ?? "";
    const told = [...row.matchAll(/--([a-z-]+)/g)].map(([, flag]) => flag);
    expect(told.sort()).toEqual(takes.map((option) => flags[option] ?? option).sort());
  }
});

const browser = chromium();
if (browser === null) {
  test.skip("a picture in Chromium: none here (DETCD_CHROMIUM names one)", () => undefined);
} else {
  test("Chromium draws each sign in its cell, and its text can be selected", async () => {
    const folder = mkdtempSync(join(tmpdir(), "detcd-svg-"));
    const file = join(folder, "moment.svg");
    writeFileSync(file, written("svg", run, { at: AT }).text);
    const page = await Browser.open(browser, file);
    try {
      const farthest =
        await page.value(`Math.max(...[...document.querySelectorAll("tspan")].map((span) => {
        const end = span.getEndPositionOfChar(span.getNumberOfChars() - 1).x;
        return Math.abs(end - Number(span.getAttribute("x")) - Number(span.getAttribute("textLength")));
      }))`);
      expect(farthest).toBeLessThan(1);
      const selected = await page.value(`(() => {
        getSelection().selectAllChildren(document.documentElement);
        return getSelection().toString();
      })()`);
      expect(selected).toContain("becomes candidate in term 3");
      expect(page.complaints).toEqual([]);
      expect(page.requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
    } finally {
      await page.close();
      rmSync(folder, { recursive: true });
    }
  });
}
