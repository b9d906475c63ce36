import fc, { type Arbitrary } from "fast-check";
import type { WatchCreateRequest } from "../../src/api/requests.ts";
import { ENDS, KEYS, kvStep, type Step } from "./programs.ts";
import type { Relative, Revision } from "./revisions.ts";

/** A step of a program with one watch stream: a write, or what is sent on the stream. */
export type WatchStep =
  | { readonly kind: "call"; readonly step: Step }
  | { readonly kind: "create"; readonly request: Relative<WatchCreateRequest> }
  | { readonly kind: "cancel"; readonly watchId: number }
  | { readonly kind: "progress" };

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
    watchId: fc.oneof(
      { arbitrary: fc.constant(0), weight: 6 },
      { arbitrary: fc.integer({ min: -1, max: 5 }), weight: 1 },
    ),
  })
  .map(({ span, ...rest }) => ({
    kind: "create",
    request: { ...span, ...rest, progressNotify: false, fragment: false },
  }));

const write = (kvStep(false, 3) as Arbitrary<Step>)
  .filter(({ type }) => type !== "range")
  .map((step): WatchStep => ({ kind: "call", step }));

const anything: Arbitrary<WatchStep> = fc.oneof(
  { arbitrary: write, weight: 6 },
  { arbitrary: create, weight: 4 },
  {
    arbitrary: fc
      .integer({ min: -1, max: 6 })
      .map((watchId): WatchStep => ({ kind: "cancel", watchId })),
    weight: 1,
  },
  { arbitrary: fc.constant<WatchStep>({ kind: "progress" }), weight: 1 },
);

/** Some history, so that there is a past to watch, and then anything. */
export const watchPrograms = (maxLength: number): Arbitrary<readonly WatchStep[]> =>
  fc
    .tuple(
      fc.array(write, { minLength: 2, maxLength: 8 }),
      fc.array(anything, { minLength: 1, maxLength, size: "max" }),
    )
    .map(([history, then]) => [...history, ...then]);
