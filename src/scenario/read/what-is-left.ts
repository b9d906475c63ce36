import type { Path } from "../language/names.ts";
import { clusterSchema } from "./cluster-schema.ts";
import type { PlacedIssue } from "./issues.ts";

/** What of a scenario could be read: the data without what is wrong in itself. */
export interface Remainder {
  readonly data: unknown;
  /** By step, all words of what was taken out: whoever knows what was meant by them? */
  readonly unread: ReadonlyMap<number, readonly string[]>;
  /** The keys of `cluster` that were taken out. */
  readonly cluster: readonly string[];
}

/** Something unreadable is taken for this. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  name: "x",
  title: "x",
  teaches: "x",
  steps: [],
  expect: [],
};
const SOME_EXPECTATION = "one leader per term";

/**
 * Takes the keys and steps out that have these issues, so that the rest of the file can be read for what
 * is wrong with its meaning: else a reader would learn of that only after mending these. Null if nothing
 * is left.
 */
export function whatIsLeft(value: unknown, issues: readonly PlacedIssue[]): Remainder | null {
  if (!isMap(value)) return null;
  const data: {
    [key: PropertyKey]: unknown;
    steps?: unknown;
    expect?: unknown;
    cluster?: unknown;
  } = {
    ...value,
  };
  const unread = new Map<number, string[]>();
  const cluster: string[] = [];
  const takeOut = (step: number, part: unknown): void => {
    unread.set(step, [...(unread.get(step) ?? []), ...wordsIn(part)]);
  };
  for (const { path } of issues) {
    const [top, second, third] = path;
    if (top === undefined) return null;
    const whole = data[top];
    if (top === "steps" && Array.isArray(whole) && typeof second === "number") {
      const steps = [...whole];
      const step: unknown = steps[second];
      if (isMap(step) && third !== undefined) {
        // Several issues may be of one key, which is gone after the first.
        if (third in step) takeOut(second, { [third]: step[third] });
        steps[second] = without(step, third);
      } else {
        takeOut(second, step);
        steps[second] = {};
      }
      data.steps = steps;
    } else if (top === "expect" && Array.isArray(whole) && typeof second === "number") {
      data.expect = whole.map((each, i) => (i === second ? SOME_EXPECTATION : each));
    } else if (top === "cluster" && isMap(whole) && second !== undefined) {
      cluster.push(String(second));
      data.cluster = without(whole, second);
    } else {
      // Names may be given anywhere in it.
      if (top === "steps") return null;
      if (top === "cluster") cluster.push("");
      delete data[top];
      if (typeof top === "string" && Object.hasOwn(STAND_INS, top)) data[top] = STAND_INS[top];
    }
  }
  if (Array.isArray(data.expect) && data.expect.length === 0) data.expect = [SOME_EXPECTATION];
  return { data, unread, cluster };
}

function without(map: Record<PropertyKey, unknown>, key: PropertyKey): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== String(key)));
}

function isMap(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** All texts and numbers in it, keys as well, and the words of each. */
function wordsIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(wordsIn);
  if (isMap(part)) return Object.entries(part).flatMap(([key, item]) => [key, ...wordsIn(item)]);
  const text = String(part);
  return [text, ...text.split(/[\s=]+/)];
}

/** Whether it is known what the cluster has at these keys. An unknown key may be any of them, misspelt. */
export function isSureOf({ cluster }: Remainder, keys: readonly string[]): boolean {
  return cluster.every((key) => Object.hasOwn(clusterSchema.shape, key) && !keys.includes(key));
}

/** Whether the place is in a step of which something could not be read. */
export function isInUnread(path: Path, { unread }: Remainder): boolean {
  return path[0] === "steps" && typeof path[1] === "number" && unread.has(path[1]);
}
