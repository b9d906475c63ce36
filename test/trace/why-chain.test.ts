import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import type { TraceEvent, TraceHeader } from "../../src/trace/events.ts";
import { StoryIndex } from "../../src/trace/story/story-index.ts";
import { type WhyLink, whyChain } from "../../src/trace/story/why-chain.ts";
import { SAMPLE_HEADER, sampleTrace } from "../support/sample-trace.ts";

/** A run whose lines can be asked why. */
class Asked {
  readonly events: readonly TraceEvent[];
  readonly index: StoryIndex;

  constructor({ header, events }: { header: TraceHeader; events: readonly TraceEvent[] }) {
    this.events = events;
    this.index = new StoryIndex(header, events);
  }

  /** The reasons of an event. */
  of(event: TraceEvent, every = false): WhyLink[] {
    const run = {
      find: (seq: number) => this.events[seq - 1],
      frameAt: (seq: number) => this.index.frames.seek(seq),
      lineOf: (seq: number) => this.index.lineOf(seq),
    };
    return whyChain(event, run, every);
  }

  /** The reasons of the first line of the story, from `seq` on, that says so. */
  why(words: RegExp, seq = 0): WhyLink[] {
    const line = this.index.lines.find((l) => l.seq > seq && words.test(`${l.actor} ${l.text}`));
    const event = this.events[(line?.seq ?? 0) - 1];
    if (event === undefined) throw new Error(`nothing is told of ${words}`);
    return this.of(event);
  }
}

const SCENARIOS = join(import.meta.dirname, "../../scenarios");
const asked = new Map<string, Asked>();

/** A run of the library; `change` is made to its text. */
function library(name: string, change: (text: string) => string = (text) => text): Asked {
  const text = change(readFileSync(join(SCENARIOS, `${name}.yaml`), "utf8"));
  const known = asked.get(text) ?? new Asked(runScenario(parseScenario(text, `${name}.yaml`)));
  asked.set(text, known);
  return known;
}

const sentences = (links: readonly WhyLink[]) => links.map(({ sentence }) => sentence);
const places = (links: readonly WhyLink[]) => links.map(({ rule }) => rule?.place ?? "");
const last = (links: readonly WhyLink[]) => links.at(-1)?.sentence ?? "";

describe("an election", () => {
  test("goes back to the crash of the leader that was heard no more", () => {
    const chain = library("leader-crash").why(/becomes leader in term 3/);
    expect(last(chain)).toMatch(/^m3 {2}crashes as leader of term 2/);
    expect(sentences(chain).filter((text) => /clock|disk/.test(text))).toEqual([]);
    expect(sentences(chain).some((text) => /heard nothing from its leader m3/.test(text))).toBe(
      true,
    );
    expect(places(chain)).toEqual([
      ...["§5.2", "§5.4.1", "§5.4.1", "§5.4.1"],
      ...["thesis 9.6", "thesis 9.6", "thesis 9.6", "§5.2", "§5.5"],
    ]);
  });

  test("goes back to the partition that took the leader away", () => {
    const chain = library("isolated-leader").why(/becomes leader in term 3/);
    expect(last(chain)).toBe("!!  the network is parted: m1 m2 | m3 m4 m5");
    expect(places(chain).at(-1)).toBe("§2");
  });

  test("goes back through a leader that stepped down to what it could not hear", () => {
    const chain = library("one-way-partition").why(/m3 asks whether it could win term 3/);
    expect(sentences(chain).slice(1)).toEqual([
      expect.stringMatching(
        /^m1 {2}steps down as leader of term 2: it did not hear from a majority/,
      ),
      "!!  nothing gets through from m2 to m1",
    ]);
    expect(places(chain)).toEqual(["§5.2", "thesis 6.2", "§2"]);
  });

  test("goes back through one that was not decided", () => {
    const run = library("one-way-partition");
    const chain = run.why(
      /m1 asks whether/,
      run.events.findIndex((e) => e.at > 4_000_000),
    );
    expect(sentences(chain)[0]).toContain("its pre-vote was not decided");
    expect(last(chain)).toBe("!!  nothing gets through from m2 to m1");
  });

  test("on a leader's order goes back to the transfer", () => {
    const chain = library("leadership-transfer").why(/m3 becomes candidate in term 3/);
    expect(last(chain)).toBe("!!  leadership is to move to m3");
    expect(new Set(places(chain))).toEqual(new Set(["thesis 3.10"]));
  });
});

describe("an entry", () => {
  test("that is committed goes back to what the client asked for", () => {
    const chain = library("leader-crash").why(/entry 5 \(put k1=v1\) is committed/);
    expect(sentences(chain).map((text) => text.slice(0, 34))).toEqual([
      "m3  entry 5 (put k1=v1) is committ",
      expect.stringMatching(/^m1 {2}receives|^m3 {2}receives m1's acknowl/),
      "m1  stores entry 5 (put k1=v1) of ",
      "m1  receives m3's append of term 2",
      "m3  appends entry 5 (put k1=v1) of",
      "m3  receives m1's forwarded reques",
      "m1  receives c1's put k1=v1",
      "c1  wants to put k1=v1",
    ]);
  });

  test("that was acknowledged goes back through its commit", () => {
    const chain = library("leader-crash").why(/put k1=v1 is acknowledged/);
    expect(sentences(chain)).toContain("m3  entry 5 (put k1=v1) is committed: stored on m1, m3");
    expect(last(chain)).toBe("c1  wants to put k1=v1");
  });

  test("of an older term waits because its leader leads a later one", () => {
    const chain = library("old-term-entry").why(/m1 cannot commit entry 7/);
    expect(places(chain)[0]).toBe("§5.4.2");
    expect(sentences(chain)[1]).toMatch(/^m1 {2}becomes leader in term 4/);
    expect(last(chain)).toBe("!!  m1's election timer fires");
  });

  test("that lacks a majority goes back to what keeps it from one", () => {
    const chain = library("isolated-leader").why(/m1 cannot commit entry 8/);
    expect(sentences(chain).slice(1)).toEqual(["!!  the network is parted: m1 m2 | m3 m4 m5"]);
  });

  test("in the sample goes the same way, step by step", () => {
    const events = sampleTrace();
    const run = new Asked({ header: SAMPLE_HEADER, events });
    const commit = events.find((e) => e.kind === "commit" && e.index === 2) as TraceEvent;
    expect(run.of(commit, true).map(({ seq }) => events[seq - 1]?.kind)).toEqual([
      ...["commit", "deliver", "send", "append", "deliver", "send", "append", "request", "invoke"],
    ]);
  });
});

test("disks and clocks are links only where every step is wanted", () => {
  const run = library("leader-crash");
  const won = run.events.find((e) => e.kind === "role" && e.role === "leader" && e.term === 3);
  const kinds = (every: boolean) =>
    run.of(won as TraceEvent, every).map(({ seq }) => run.events[seq - 1]?.kind);
  expect(kinds(true)).toEqual(
    expect.arrayContaining(["send", "disk-done", "sync", "wake", "fault"]),
  );
  for (const folded of ["send", "disk-done", "sync", "wake", "fault"]) {
    expect(kinds(false)).not.toContain(folded);
  }
  // The links that are left are the same ones.
  const seqs = (every: boolean) => run.of(won as TraceEvent, every).map(({ seq }) => seq);
  expect(seqs(true)).toEqual(expect.arrayContaining(seqs(false)));
  expect(seqs(true)).toEqual([...new Set(seqs(true))].sort((a, b) => b - a));
});

describe("a put that was not answered", () => {
  test("goes back to the partition that kept it from a majority", () => {
    const chain = library("isolated-leader").why(/gives up on put colour=green/);
    expect(sentences(chain).slice(1)).toEqual(["!!  the network is parted: m1 m2 | m3 m4 m5"]);
  });

  test("goes back to the links that were cut one way", () => {
    const chain = library("one-way-partition").why(/gives up on put a=1/);
    expect(last(chain)).toBe("!!  nothing gets through from m2 to m1");
  });

  test("goes back to the crash of whom it was asked of", () => {
    const chain = library("old-term-entry").why(/gives up on put x=of term 2/);
    expect(last(chain)).toBe("m1  crashes as leader of term 2: nothing was unsynced");
  });
});

test.each(["leader-crash", "isolated-leader", "one-way-partition", "old-term-entry"])(
  "every line of %s has reasons that came before it, each once",
  (name) => {
    const run = library(name);
    for (const { seq } of run.index.lines) {
      const seqs = run.of(run.events[seq - 1] as TraceEvent).map((link) => link.seq);
      expect(seqs[0]).toBe(seq);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
    }
  },
);
