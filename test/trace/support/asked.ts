import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";
import type { TraceEvent, TraceHeader } from "../../../src/trace/events.ts";
import { StoryIndex } from "../../../src/trace/story/story-index.ts";
import { type WhyLink, whyChain } from "../../../src/trace/story/why-chain.ts";
import { type Question, type Reasons, reasonsOf } from "../../../src/trace/story/why-question.ts";
import type { TracedRun } from "../../../src/trace/story/why-run.ts";

/** A run that can be asked why. */
export class Asked {
  readonly events: readonly TraceEvent[];
  readonly index: StoryIndex;
  readonly run: TracedRun;

  constructor({ header, events }: { header: TraceHeader; events: readonly TraceEvent[] }) {
    this.events = events;
    this.index = new StoryIndex(header, events);
    this.run = {
      find: (seq) => events[seq - 1],
      frameAt: (seq) => this.index.frames.seek(seq),
      lineOf: (seq) => this.index.lineOf(seq),
    };
  }

  /** The reasons of an event. */
  of(event: TraceEvent, every = false): WhyLink[] {
    return whyChain(event, this.run, every);
  }

  /** The reasons of the first line of the story, from `seq` on, that says so. */
  why(words: RegExp, seq = 0): WhyLink[] {
    const line = this.index.lines.find((l) => l.seq > seq && words.test(`${l.actor} ${l.text}`));
    const event = this.events[(line?.seq ?? 0) - 1];
    if (event === undefined) throw new Error(`nothing is told of ${words}`);
    return this.of(event);
  }

  /** The answer to a question as of `position`; by default, of the end. */
  ask(question: Question, position = this.events.length): Reasons {
    const reasons = reasonsOf(question, this.run, position);
    if (reasons === null) throw new Error(`no answer to ${JSON.stringify(question)}`);
    return reasons;
  }
}

const SCENARIOS = join(import.meta.dirname, "../../../scenarios");
const asked = new Map<string, Asked>();

/** A run of the library; `change` is made to its text. */
export function library(name: string, change: (text: string) => string = (text) => text): Asked {
  return ran(change(readFileSync(join(SCENARIOS, `${name}.yaml`), "utf8")), name);
}

/** A run of these steps, with three members. */
export function scenario(steps: string, cluster = "{ members: 3 }"): Asked {
  const head = `name: asked\ntitle: asked\nteaches: nothing\ncluster: ${cluster}`;
  return ran(`${head}\nsteps:${steps}expect: [one leader per term]\n`, "asked");
}

function ran(text: string, name: string): Asked {
  const known = asked.get(text) ?? new Asked(runScenario(parseScenario(text, `${name}.yaml`)));
  asked.set(text, known);
  return known;
}
