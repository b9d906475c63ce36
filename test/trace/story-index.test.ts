import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { FrameIndex } from "../../src/trace/frames/frames.ts";
import { sentence, tellStory } from "../../src/trace/story/story.ts";
import { StoryIndex } from "../../src/trace/story/story-index.ts";

function runOf(name: string, change: (text: string) => string = (text) => text) {
  const file = join(import.meta.dirname, "../../scenarios", `${name}.yaml`);
  return runScenario(parseScenario(change(readFileSync(file, "utf8")), file));
}

const withMistake = (text: string) => text.replace(/^cluster:/m, "cluster:\n  bugs: [R4]");

describe.each([
  ["a run with faults", runOf("lock-lost-while-paused")],
  ["a run in which rules are broken", runOf("old-term-entry", withMistake)],
])("of %s, steps told again where they are looked at", (_, { header, events, violations }) => {
  const all = tellStory(header, events, violations);
  const index = new StoryIndex(header, events, violations);

  test("are those of a story told at once, whatever the order", () => {
    expect(events.length).toBeGreaterThan(2 * 256);
    // From the end to the start, so that each chunk is told without those before it.
    for (let position = events.length; position >= 0; position -= 97) {
      // What is told at a moment is what is told of a run that ends there: nothing that comes later.
      const until = events.slice(0, position);
      const known = violations.filter(({ seq }) =>
        seq === 0 ? position === events.length : seq <= position,
      );
      const told = tellStory(header, until, known);
      const steps = index.steps(position, 40);
      expect(steps.map(sentence)).toEqual(told.slice(-steps.length).map(sentence));
      expect(index.stepAfter(position)?.seq).toBe(all.find(({ seq }) => seq > position)?.seq);
    }
    expect(index.steps(events.length, events.length)).toEqual(all);
  });

  test("are found by their events", () => {
    for (let seq = 1; seq <= events.length; seq += 13) {
      expect(index.lineOf(seq)?.seq).toEqual(all.findLast((line) => line.seq === seq)?.seq);
    }
  });

  test("leave what matters, and every frame, as they are", () => {
    expect(index.lines).toEqual(all.filter(({ detail }) => detail === "story"));
    const frames = new FrameIndex(header, events);
    for (const position of [events.length, 300, 511, 512, 513, 0, 256, 257]) {
      expect(index.frames.seek(position)).toEqual(frames.seek(position));
    }
  });
});
