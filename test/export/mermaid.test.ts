import { describe, expect, test } from "vitest";
import { scenarioRun } from "./support/runs.ts";
import { repeated, written } from "./support/traces.ts";

const run = scenarioRun("leader-crash");

/** The lines of Mermaid's sequence diagrams that we write (its sequenceDiagram.jison), of any text. */
const LINES = [
  /^sequenceDiagram$/,
  /^ {2}title [^;#\n]+$/,
  /^ {2}(?:actor|participant) [mc]\d+$/,
  /^ {2}Note over [mc]\d+(?:,[mc]\d+)?: [^;#\n]*(?:#\d+;[^;#\n]*)*$/,
  /^ {2}[mc]\d+-{1,2}(?:>>|x)[mc]\d+: [^;#\n]*(?:#\d+;[^;#\n]*)*$/,
];

function lines(text: string): string[] {
  const all = text.trimEnd().split("\n");
  for (const line of all) {
    if (!LINES.some((known) => known.test(line)))
      throw new Error(`Mermaid has no such line: ${line}`);
  }
  const known = all.flatMap((line) => /^ {2}(?:actor|participant) (\w+)$/.exec(line)?.[1] ?? []);
  for (const line of all) {
    const ends = /^ {2}(\w+?)-{1,2}(?:>>|x)(\w+):/.exec(line)?.slice(1) ?? [];
    for (const end of ends) expect(known).toContain(end);
  }
  return all;
}

const arrows = (all: readonly string[]) =>
  all.filter((line) => /^ {2}\w+-{1,2}(?:>>|x)/.test(line));

describe("a sequence diagram", () => {
  const whole = written("mermaid", run, { limit: 100_000 });
  const all = lines(whole.text);

  test("has an arrow for each message that arrived or was lost, but heartbeats, and for each call", () => {
    const messages = run.events.filter(
      (event) =>
        (event.kind === "deliver" || event.kind === "drop") &&
        event.message.from !== event.message.to &&
        !event.message.type.startsWith("MsgHeartbeat"),
    );
    const asked = run.events.filter(({ kind }) => kind === "request");
    const answered = run.events.filter((e) => e.kind === "complete" && e.outcome !== "ambiguous");
    expect(arrows(all).length).toBe(messages.length + asked.length + answered.length);
    expect(arrows(all).filter((line) => line.includes("-x")).length).toBe(
      messages.filter(({ kind }) => kind === "drop").length,
    );
    expect(whole.notes).toEqual([]);
  });

  test("says how many heartbeats it left out, and shows them if asked", () => {
    const beats = run.events.filter(
      (e) =>
        (e.kind === "deliver" || e.kind === "drop") && e.message.type.startsWith("MsgHeartbeat"),
    ).length;
    expect(all.some((line) => line.includes(`${beats} heartbeats`))).toBe(true);
    const more = lines(written("mermaid", run, { limit: 100_000, heartbeats: true }).text);
    expect(arrows(more).length).toBe(arrows(all).length + beats);
    expect(more.join("\n")).not.toContain("left out");
  });

  test("ends where it is long enough, and says what is missing", () => {
    const { text, notes } = written("mermaid", run, { limit: 10 });
    const short = lines(text);
    expect(arrows(short)).toEqual(arrows(all).slice(0, 10));
    expect(short.at(-1)).toContain(`… ${arrows(all).length - 10} more arrows and`);
    expect(notes).toEqual([expect.stringContaining("--limit")]);
  });

  test("is never longer than Mermaid reads, and says so", () => {
    const title = "a title of many words ".repeat(50);
    const long = repeated({ ...run, header: { ...run.header, title } }, 4);
    const { text, notes } = written("mermaid", long, { limit: 100_000, heartbeats: true });
    expect(text.length).toBeLessThanOrEqual(50_000);
    expect(text.length).toBeGreaterThan(49_000);
    expect(lines(text).at(-1)).toMatch(/… \d+ more arrows and \d+ more notes from/);
    expect(notes.length).toBe(1);
  });

  test("tells the story in notes", () => {
    expect(all.join("\n")).toMatch(
      /Note over m2: 3\.527s becomes leader in term 3: votes from<br>m1, m2/,
    );
    expect(all.join("\n")).toMatch(/Note over c1: 3\.583s gives up on put k21=v21/);
  });
});

test("whatever a title or a key says stays text", () => {
  const title = "a; b # c %% d <br> end\nnext";
  const { text } = written("mermaid", { ...run, header: { ...run.header, title } }, { limit: 5 });
  expect(lines(text)[1]).toBe("  title a, b c d br end next");
  const wild = run.events.map((event) =>
    event.kind === "request" ? { ...event, text: 'put a;b#c=%%"<x>\n:' } : event,
  );
  const asked = written("mermaid", { ...run, events: wild }, { limit: 100_000 }).text;
  expect(lines(asked).join("\n")).toContain('put a#59;b#35;c=#37;%"#60;x#62; :');
});
