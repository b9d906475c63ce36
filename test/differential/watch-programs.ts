import fc, { type Arbitrary } from "fast-check";
import type { WatchCreateRequest } from "../../src/api/requests.ts";
import type { Line } from "../../src/profile/lines.ts";
import { asked, authStep, grantsIn, hasInvertedRange, setUp, who } from "./auth-programs.ts";
import { ENDS, KEYS, kvStep, type Step } from "./programs.ts";
import type { Relative, Revision } from "./revisions.ts";

/**
 * A step of a program: a call, or what is sent on a watch stream. Each user has a stream of his own, with the
 * token that he has when he first sends something on it; absent: nobody has said who he is.
 */
export type WatchStep =
  | { readonly kind: "call"; readonly step: Step }
  | {
      readonly kind: "create";
      readonly request: Relative<WatchCreateRequest>;
      readonly as?: string;
    }
  | { readonly kind: "cancel"; readonly watchId: number; readonly as?: string }
  | { readonly kind: "progress"; readonly as?: string };

const near = (from: "now" | "compacted", min: number, max: number): Arbitrary<Revision> =>
  fc.integer({ min, max }).map((plus) => ({ from, plus }));

/** From now on, from the past, from what is or will be compacted, from the future, from nowhere. */
const start: Arbitrary<Revision> = fc.oneof(
  { arbitrary: fc.constant<Revision>(0), weight: 4 },
  { arbitrary: near("now", -6, 1), weight: 4 },
  { arbitrary: near("compacted", -1, 1), weight: 2 },
  { arbitrary: near("now", 2, 4), weight: 2 },
  { arbitrary: fc.constantFrom<Revision>(-1, -2, 1, 1_000_000_000), weight: 1 },
);

const span = fc.oneof(
  { arbitrary: fc.record({ key: fc.constantFrom(...KEYS), rangeEnd: fc.constant("") }), weight: 3 },
  {
    arbitrary: fc.record({ key: fc.constantFrom("", ...KEYS), rangeEnd: fc.constantFrom(...ENDS) }),
    weight: 2,
  },
  { arbitrary: fc.constant({ key: "\0", rangeEnd: "\0" }), weight: 5 },
);

const create: Arbitrary<WatchStep> = fc
  .record({
    span,
    startRevision: start,
    filters: fc.oneof(
      { arbitrary: fc.constant([] as const), weight: 3 },
      { arbitrary: fc.subarray(["NOPUT", "NODELETE"] as const), weight: 1 },
    ),
    prevKv: fc.boolean(),
    // What comes in parts is put together: in which, fragments.test.ts looks at.
    fragment: fc.boolean(),
    watchId: fc.oneof(
      { arbitrary: fc.constant(0), weight: 6 },
      { arbitrary: fc.integer({ min: -1, max: 5 }), weight: 1 },
    ),
  })
  .map(({ span, ...rest }) => ({
    kind: "create",
    request: { ...span, ...rest, progressNotify: false },
  }));

const write = (kvStep(false, 3) as Arbitrary<Step>)
  .filter(({ type }) => type !== "range")
  .map((step): WatchStep => ({ kind: "call", step }));

const cancel: Arbitrary<WatchStep> = fc
  .integer({ min: -1, max: 6 })
  .map((watchId) => ({ kind: "cancel", watchId }));

const progress = fc.constant<WatchStep>({ kind: "progress" });

const anything: Arbitrary<WatchStep> = fc.oneof(
  { arbitrary: write, weight: 6 },
  { arbitrary: create, weight: 4 },
  { arbitrary: cancel, weight: 1 },
  { arbitrary: progress, weight: 1 },
);

/** Some history, so that there is a past to watch, and then anything. */
export const watchPrograms = (maxLength: number): Arbitrary<readonly WatchStep[]> =>
  fc
    .tuple(
      fc.array(write, { minLength: 2, maxLength: 8 }),
      fc.array(anything, { minLength: 1, maxLength, size: "max" }),
    )
    .map(([history, then]) => [...history, ...then]);

/** The same by several users, whose rights change meanwhile. */
export const watchAuthPrograms = (
  line: Line,
  maxLength: number,
): Arbitrary<readonly WatchStep[]> => {
  const calm = (kvStep(false, 2) as Arbitrary<Step>).filter((call) => !hasInvertedRange(call));
  const sent = fc
    .record({
      step: fc.oneof(
        // Who may ask for a range that ends before it begins hangs on etcd's tree of ranges.
        {
          arbitrary: create.filter((each) => !hasInvertedRange(each)),
          weight: 6,
        },
        { arbitrary: cancel, weight: 1 },
        { arbitrary: progress, weight: 1 },
      ),
      as: who,
    })
    .map(({ step, as }): WatchStep => (step.kind === "call" ? step : { ...step, as }));
  const called = fc
    .oneof(
      // Who may write is seldom who may watch it.
      { arbitrary: calm.map((each): Step => ({ ...each, as: "root" })), weight: 6 },
      { arbitrary: asked(calm), weight: 2 },
      { arbitrary: asked(authStep).filter((each) => grantsIn(line, each)), weight: 2 },
    )
    .map((step): WatchStep => ({ kind: "call", step }));
  const then = fc.oneof({ arbitrary: sent, weight: 1 }, { arbitrary: called, weight: 1 });
  return fc
    .record({
      history: fc.array(write, { minLength: 2, maxLength: 6 }),
      first: setUp.map((steps) => steps.filter((each) => grantsIn(line, each))),
      last: fc.array(then, { minLength: 1, maxLength, size: "max" }),
    })
    .map(({ history, first, last }) => [
      ...history,
      ...first.map((step): WatchStep => ({ kind: "call", step })),
      ...last,
    ]);
};
