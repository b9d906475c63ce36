import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { headerOf, runScenario } from "../../src/scenario/run/run.ts";
import { matters, type StoryLine } from "../../src/trace/story/line.ts";
import { tellStory } from "../../src/trace/story/story.ts";
import { StorySink } from "../../src/trace/story/story-sink.ts";
import { sealed } from "../support/sealed.ts";

const LIBRARY = resolve(import.meta.dirname, "../../scenarios");
const among = (folder: string) =>
  readdirSync(join(LIBRARY, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name));

// Regressions are small and alike: each third.
test.each([...among("."), ...among("regressions").filter((_, i) => i % 3 === 0)])(
  "%s is told while it goes on as it is told from its events",
  (name) => {
    const scenario = parseScenario(readFileSync(join(LIBRARY, name), "utf8"), name);
    const told = new StorySink(headerOf(scenario, scenario.cluster.seed));
    const { header, events, violations } = sealed(() => runScenario(scenario, { sinks: [told] }));
    const lines = tellStory(header, events, violations).filter(matters);
    expect(lines.length).toBeGreaterThan(0);
    expect(told.lines(violations).map(placed)).toEqual(lines.map(placed));
  },
);

/** What no event broke stands where it stands; by which number that is, nobody is told. */
function placed(line: StoryLine): Partial<StoryLine> {
  const { seq, ...rest } = line;
  return line.actor === "!!" && line.text.startsWith("violated ") ? rest : line;
}

test("there are scenarios longer than what it keeps of one", () => {
  // Else nothing above would notice that it forgets.
  const long = readFileSync(join(LIBRARY, "out-of-space.yaml"), "utf8");
  const { events } = sealed(() => runScenario(parseScenario(long, "out-of-space.yaml")));
  expect(events.length).toBeGreaterThan(16_384);
});
