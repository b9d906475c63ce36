import { formatDuration, parseDuration } from "../../scenario/read/duration.ts";
import type { ScenarioData, StepData } from "../../scenario/read/scenario-data.ts";

/** Whether a candidate fails as the scenario does that is to be made smaller. */
export type Fails = (candidate: ScenarioData) => boolean;

/** One way to make a scenario simpler: the simplest that still fails, as far as this way leads. */
export interface Pass {
  readonly name: string;
  reduce(data: ScenarioData, fails: Fails): ScenarioData;
}

/** Takes the first of the candidates that still fails, and begins again with that. */
function trying(name: string, candidates: (data: ScenarioData) => Iterable<ScenarioData>): Pass {
  const simpler = (data: ScenarioData, fails: Fails): ScenarioData | null => {
    const same = JSON.stringify(data);
    for (const candidate of candidates(data)) {
      if (JSON.stringify(candidate) !== same && fails(candidate)) return candidate;
    }
    return null;
  };
  return {
    name,
    reduce(data, fails) {
      let best = data;
      for (let next = simpler(best, fails); next !== null; next = simpler(best, fails)) best = next;
      return best;
    },
  };
}

const TIMES = ["at", "after", "when", "within", "note", "expect"] as const;

/** The word that says what a step does; null: it only waits. */
export function wordOf(step: StepData): string | null {
  return Object.keys(step).find((key) => !TIMES.some((time) => time === key)) ?? null;
}

/** What clients and operators ask for; all else is done to them, or is what judges. */
const OPERATIONS = new Set([
  ...["put", "puts", "get", "delete", "txn", "compact", "lease", "revoke", "keep-alive"],
  ...["time-to-live", "watch", "cancel-watch", "read-every", "request-progress", "lock", "unlock"],
  ...["elect", "observe", "bank", "queue", "mirror", "traffic", "health", "livez", "readyz"],
  ...["endpoint-health", "auth-setup", "auth-enable", "auth-disable", "auth-status", "user-add"],
  ...["user-delete", "user-password", "user-grant-role", "user-revoke-role", "role-add"],
  ...["role-delete", "grant-permission", "revoke-permission", "alarm-disarm", "defrag"],
  ...["move-leader", "member-add", "member-remove", "member-promote", "member-update"],
  ...["member-list", "connect", "start-machine"],
]);

export function isOperation(step: StepData): boolean {
  const word = wordOf(step);
  return word !== null && OPERATIONS.has(word);
}

export function isFault(step: StepData): boolean {
  const word = wordOf(step);
  return word !== null && word !== "settle" && !OPERATIONS.has(word);
}

/** µs that a step waits for, of those that wait for so long. */
function waitOf(step: StepData): number {
  const us = typeof step["after"] === "string" ? parseDuration(step["after"]) : 0;
  return typeof us === "number" ? us : 0;
}

function waiting(step: StepData, us: number): StepData {
  const { after: _, ...rest } = step;
  return us === 0 ? rest : { after: formatDuration(us), ...rest };
}

/** The steps without some. What comes later keeps its time. */
function without(
  steps: readonly StepData[],
  gone: (step: StepData, i: number) => boolean,
): StepData[] {
  const left: StepData[] = [];
  let waited = 0;
  for (const [i, step] of steps.entries()) {
    waited += waitOf(step);
    if (gone(step, i)) continue;
    left.push(waiting(step, waited));
    waited = 0;
  }
  return left;
}

/**
 * Takes away what is not needed of `count` things: halves first, then quarters, down to single ones (delta
 * debugging). `drop` says what is left without some of them; it is called with those of the last call that
 * failed already gone.
 */
function dropping(
  data: ScenarioData,
  count: number,
  drop: (data: ScenarioData, gone: ReadonlySet<number>) => ScenarioData,
  fails: Fails,
): ScenarioData {
  let left = Array.from({ length: count }, (_, i) => i);
  let best = data;
  for (let size = left.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = left.length; end > 0; end -= size) {
      const kept = left.filter((_, i) => i < end - size || i >= end);
      const gone = new Set(Array.from({ length: count }, (_, i) => i));
      for (const i of kept) gone.delete(i);
      const candidate = drop(data, gone);
      if (!fails(candidate)) continue;
      left = kept;
      best = candidate;
    }
  }
  return best;
}

/** Takes steps of a kind away. */
function removing(name: string, which: (step: StepData) => boolean): Pass {
  return {
    name,
    reduce(data, fails) {
      const picked = data.steps.flatMap((step, i) => (which(step) ? [i] : []));
      const drop = ({ steps }: ScenarioData, gone: ReadonlySet<number>) => {
        const places = new Set([...gone].map((i) => picked[i]));
        return { ...data, steps: without(steps, (_, i) => places.has(i)) };
      };
      return dropping(data, picked.length, drop, fails);
    },
  };
}

/** All that comes late, but for the judgement at the end. */
const END = trying("end", function* (data) {
  const { steps } = data;
  const isLast = (step: StepData, i: number) => i === steps.length - 1 && wordOf(step) === "settle";
  for (let size = steps.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    const kept = steps.length - size;
    yield { ...data, steps: steps.filter((step, i) => i < kept || isLast(step, i)) };
  }
  yield { ...data, steps: steps.filter((step, i) => !isLast(step, i)) };
});

/** Several operations of one step: fewer of them. */
const COUNTS = trying("counts", function* (data) {
  for (const [i, step] of data.steps.entries()) {
    const word = wordOf(step);
    const argument = word === null ? undefined : step[word];
    if (word === null || !isRecord(argument)) continue;
    for (const key of ["count", "rounds", "transfers", "items", "operations"]) {
      const count = argument[key];
      if (typeof count !== "number") continue;
      for (const less of new Set([1, Math.floor(count / 2), count - 1])) {
        if (less < 1 || less >= count) continue;
        yield {
          ...data,
          steps: replaced(data.steps, i, { ...step, [word]: { ...argument, [key]: less } }),
        };
      }
    }
  }
});

/** All clients of one kind are the same one. */
const CLIENTS = trying("clients", function* (data) {
  const clientOf = (step: StepData) => {
    const argument = step[wordOf(step) ?? ""];
    return isRecord(argument) && typeof argument["client"] === "number" ? argument["client"] : null;
  };
  const clients = [...new Set(data.steps.map(clientOf))].filter((id) => id !== null);
  for (const gone of clients) {
    yield { ...data, steps: without(data.steps, (step) => clientOf(step) === gone) };
  }
  const [first] = clients.sort((a, b) => a - b);
  for (const other of clients.slice(1)) {
    const steps = data.steps.map((step) => {
      const word = wordOf(step);
      const argument = word === null ? undefined : step[word];
      if (word === null || !isRecord(argument) || clientOf(step) !== other) return step;
      return { ...step, [word]: { ...argument, client: first } };
    });
    yield { ...data, steps };
  }
});

/** Fewer voters; those that are gone are not named any more. */
const MEMBERS = trying("members", function* (data) {
  const members = data.cluster["members"];
  if (typeof members !== "number") return;
  for (let fewer = 1; fewer < members; fewer++) {
    const isGone = (step: StepData) =>
      Array.from({ length: members - fewer }, (_, i) => `"m${fewer + i + 1}"`).some((name) =>
        JSON.stringify(step).includes(name),
      );
    yield {
      ...data,
      cluster: { ...data.cluster, members: fewer },
      steps: without(data.steps, isGone),
    };
  }
});

/** Options of the cluster, and of steps, as etcd has them. */
const OPTIONS: Pass = {
  name: "options",
  reduce(data, fails) {
    const { members, bugs, ...options } = data.cluster;
    const kept = {
      ...(members === undefined ? {} : { members }),
      ...(bugs === undefined ? {} : { bugs }),
    };
    const keys = Object.keys(options);
    const drop = (_: ScenarioData, gone: ReadonlySet<number>) => {
      const left = keys.filter((_, i) => !gone.has(i)).map((key) => [key, options[key]]);
      return { ...data, cluster: { ...kept, ...Object.fromEntries(left) } };
    };
    return dropping(data, keys.length, drop, fails);
  },
};

/** Round times, and no waiting where none is needed. */
const DURATIONS = trying("times", function* (data) {
  for (const [i, step] of data.steps.entries()) {
    const us = waitOf(step);
    const rounder = [
      0,
      ...[1_000_000, 100_000, 10_000, 1_000].map((unit) => Math.round(us / unit) * unit),
    ];
    for (const simple of new Set(rounder)) {
      if (simple === us || formatDuration(simple).length >= formatDuration(us).length) continue;
      yield { ...data, steps: replaced(data.steps, i, waiting(step, simple)) };
    }
  }
});

function replaced(steps: readonly StepData[], i: number, step: StepData): StepData[] {
  return steps.map((each, at) => (at === i ? step : each));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** In this order: what comes first takes most away. */
export const PASSES: readonly Pass[] = [
  END,
  removing("faults", isFault),
  removing("operations", isOperation),
  CLIENTS,
  COUNTS,
  MEMBERS,
  OPTIONS,
  DURATIONS,
];
