import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { op } from "../../../src/api/build.ts";
import { verdictLines } from "../../../src/cli/replay/verdict-text.ts";
import { runFile, type ScriptFile } from "../../../src/conformance/runner.ts";
import { InputError } from "../../../src/scenario/read/input-error.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";
import { Cluster } from "../../../src/sim/cluster.ts";
import { DEFAULT_CLUSTER } from "../../../src/sim/defaults.ts";
import { digestOf } from "../../../src/trace/digest.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { encodeTrace, parseTrace } from "../../../src/trace/ndjson.ts";
import { renderStory } from "../../../src/trace/story/story-text.ts";
import { TraceError } from "../../../src/trace/trace-error.ts";
import {
  bytesChange,
  changeBytes,
  changeText,
  changeTree,
  textChange,
  treeChange,
} from "./mutate.ts";

/** What became of a damaged file. */
export type Outcome = "refused" | "taken";

/** A kind of input: damaged ones, and the code that takes them, as the commands do. */
export interface Target<T = unknown> {
  readonly damaged: fc.Arbitrary<T>;
  /** Throws where what came is none of what may come: a run, or an error that says where. */
  readonly take: (input: T) => Outcome;
}

const ROOT = resolve(import.meta.dirname, "../../..");
const NAME = "damaged";

/** A run goes no further: who reads on must not need long. */
const EVENTS_MAX = 5_000;

function texts(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => readFileSync(join(ROOT, folder, file), "utf8"));
}

/** The error names a place in the file, and is for people. */
function checkPlaced(error: Error, place: RegExp): void {
  for (const line of error.message.split("\n")) {
    if (/^… and \d+ more problems$/.test(line)) continue;
    if (!place.test(line)) throw new Error(`no place: ${line}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\u0000-\u001f\u007f-\u009f]|^ +at |\[object |undefined/.test(line)) {
      throw new Error(`not for people: ${line}`);
    }
  }
}

const changes = <T>(change: fc.Arbitrary<T>) => fc.array(change, { minLength: 1, maxLength: 3 });

const SCENARIOS = texts("scenarios", ".yaml");
const someScenario = fc.constantFrom(...SCENARIOS);

const PROGRAM = /^panic: .*(Type|Range|Reference|Syntax)Error/;
const PROGRAM_OR_STATE = /^panic: .*(Type|Range|Reference|Syntax|Assertion)Error/;

/** A run that goes too far has a moment instead of a place. */
const REFUSED_OR_STOPPED = /^damaged\.yaml(:\d+:\d+| stopped after [\d,]+ events at virtual) ./;

const scenarios: Target<string> = {
  damaged: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ text: someScenario, tree: changes(treeChange) }).map(damagedTree),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ text: someScenario, other: someScenario, changes: changes(textChange) })
        .map(damagedText),
    },
    {
      weight: 1,
      arbitrary: fc.record({ text: someScenario, changes: changes(bytesChange) }).map(damagedBytes),
    },
  ),
  take(text) {
    try {
      const read = parseScenario(text, `${NAME}.yaml`);
      const run = runScenario(read, { eventsMax: EVENTS_MAX });
      renderStory(run.header, run.events, { broken: run.violations });
      const source = { label: NAME, path: NAME, text, isWhole: true, library: null };
      const planned = { source, scenario: read, seed: read.cluster.seed };
      verdictLines(
        { run, told: null, planned, ms: null, command: NAME, difference: null },
        { colors: false, brief: false, verify: false },
      );
      for (const violation of run.report.violations) {
        // A mistake that is made on purpose may end a process; the program's own faults are another thing.
        const own = read.cluster.bugs.length > 0 ? PROGRAM : PROGRAM_OR_STATE;
        if (own.test(violation)) {
          throw new Error(violation);
        }
      }
      return "taken";
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      checkPlaced(error, REFUSED_OR_STOPPED);
      return "refused";
    }
  },
};

function damagedTree(input: { text: string; tree: readonly Parameters<typeof changeTree>[1][] }) {
  const data = parse(input.text) as Record<string, unknown>;
  for (const change of input.tree) changeTree(data, change);
  return stringify(data);
}

function damagedText(input: {
  text: string;
  other: string;
  changes: readonly Parameters<typeof changeText>[1][];
}) {
  return input.changes.reduce((text, change) => changeText(text, change, input.other), input.text);
}

function damagedBytes(input: {
  text: string;
  changes: readonly Parameters<typeof changeBytes>[1][];
}) {
  const bytes: Uint8Array = new TextEncoder().encode(input.text);
  const changed = input.changes.reduce<Uint8Array>(
    (now, change) => changeBytes(now, change),
    bytes,
  );
  return new TextDecoder().decode(changed);
}

/** Short runs with all kinds of events in them. */
const RECORDED: readonly (() => string)[] = [
  "leader-crash",
  "lock-lost-while-paused",
  "member-replaced",
].map((name) => {
  let trace: string | null = null;
  return () => {
    const text = readFileSync(join(ROOT, "scenarios", `${name}.yaml`), "utf8");
    const { header, events } = runScenario(parseScenario(text, name), { until: 2_000_000 });
    trace ??= encodeTrace(header, events.slice(0, 400));
    return trace;
  };
});
const someTrace = fc.constantFrom(...RECORDED).map((record) => record());

const traces: Target<string> = {
  damaged: fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .record({ text: someTrace, tree: changes(treeChange), sign: fc.boolean() })
        .map(damagedLines),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ text: someTrace, other: someTrace, changes: changes(textChange) })
        .map(damagedText),
    },
    {
      weight: 1,
      arbitrary: fc.record({ text: someTrace, changes: changes(bytesChange) }).map(damagedBytes),
    },
  ),
  take(text) {
    try {
      const { header, events } = parseTrace(text, `${NAME}.ndjson`);
      for (const detail of ["story", "all"] as const) renderStory(header, events, { detail });
      return "taken";
    } catch (error) {
      if (!(error instanceof TraceError || error instanceof InputError)) throw error;
      checkPlaced(error, /^damaged\.ndjson:\d+:\d+ ./);
      return "refused";
    }
  },
};

/** Signed anew: else nobody would look further than at its end. */
function damagedLines(input: {
  text: string;
  tree: readonly Parameters<typeof changeTree>[1][];
  sign: boolean;
}): string {
  const lines = input.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const change of input.tree) changeTree(lines, change);
  const text = (all: readonly unknown[]) =>
    `${all.map((line) => JSON.stringify(line)).join("\n")}\n`;
  if (!input.sign) return text(lines);
  const events = lines
    .slice(1, -1)
    .map((event, i) => ({ ...event, seq: i + 1 })) as unknown as TraceEvent[];
  try {
    return text([
      lines[0],
      ...events,
      { detcd: "end", events: events.length, digest: digestOf(events) },
    ]);
  } catch {
    return text(lines);
  }
}

const SCRIPTS: readonly ScriptFile[] = ["interaction", "quorum", "confchange"].flatMap((family) =>
  texts(`test/conformance/testdata/${family}`, ".txt").map((text) => ({
    path: `${family}/${NAME}.txt`,
    text,
  })),
);
const someScript = fc.constantFrom(...SCRIPTS);

const scripts: Target<ScriptFile> = {
  damaged: fc
    .record({
      script: someScript,
      other: someScript,
      lines: fc.array(textChange, { maxLength: 3 }),
      bytes: fc.array(bytesChange, { maxLength: 1 }),
    })
    .map(({ script, other, lines, bytes }) => {
      const text = damagedText({ text: script.text, other: other.text, changes: lines });
      return { ...script, text: damagedBytes({ text, changes: bytes }) };
    }),
  take(file) {
    const { badInput, failedAt } = runFile(file);
    for (const found of [badInput, failedAt]) {
      if (found !== undefined && found.line < 1) throw new Error("no line");
    }
    const panic = /panic: .*(is not a function|Cannot read|undefined|Invalid|Maximum call)/.exec(
      failedAt?.diff ?? "",
    );
    if (panic !== null) throw new Error(panic[0]);
    return badInput === undefined ? "taken" : "refused";
  },
};

/** A cluster that has written logs, snapshots and databases, and its second member is down. */
function writtenCluster(): Cluster {
  const cluster = new Cluster({
    ...DEFAULT_CLUSTER,
    seed: 5,
    snapshotEntries: 10,
    segmentBytes: 2000,
  });
  cluster.runUntil(2_000_000);
  for (let i = 0; i < 30; i++) {
    cluster.client(1).call(op.put(`key ${i % 7}`, `value ${i}`), () => undefined);
    cluster.runUntil(cluster.now + 50_000);
  }
  cluster.inject({ type: "crash", member: 2, disk: "keep" });
  return cluster;
}

interface DamagedDisk {
  readonly file: number;
  readonly from: number;
  readonly changes: readonly Parameters<typeof changeBytes>[1][];
  readonly what: "bytes" | "remove" | "copy";
}

const directories: Target<DamagedDisk> = {
  damaged: fc.record({
    file: fc.nat(100),
    from: fc.nat(100),
    changes: changes(bytesChange),
    what: fc.constantFrom("bytes", "bytes", "bytes", "remove", "copy"),
  }),
  take({ file, from, changes: damage, what }) {
    const cluster = writtenCluster();
    const { disk } = cluster.node(2);
    const files = [...disk.list("member/wal"), ...disk.list("member/snap")];
    const name = files[file % files.length] as string;
    const other = disk.read(files[from % files.length] as string);
    const bytes = what === "copy" ? other : disk.read(name);
    disk.remove(name);
    if (what !== "remove") {
      disk.create(name);
      disk.append(
        name,
        damage.reduce((now, change) => changeBytes(now, change, other), bytes),
      );
      disk.sync(name);
    }
    cluster.runUntil(cluster.now + 100_000);
    cluster.inject({ type: "restart", member: 2 });
    cluster.runUntil(cluster.now + 3_000_000);
    const { status, refusal } = cluster.view(2);
    if (status === "refused" && refusal === "") throw new Error("refused without a reason");
    return status === "refused" ? "refused" : "taken";
  },
};

/** Forgets what kind of input it is: only the target itself needs to know. */
function target<T>(own: Target<T>): Target {
  return { damaged: own.damaged, take: (input) => own.take(input as T) };
}

export const TARGETS: Readonly<Record<string, Target>> = {
  scenarios: target(scenarios),
  traces: target(traces),
  scripts: target(scripts),
  directories: target(directories),
};
