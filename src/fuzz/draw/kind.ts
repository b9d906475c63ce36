import fc from "fast-check";
import type { StepData } from "../../scenario/read/scenario-data.ts";
import type { Draft, Who } from "./draft.ts";

/** What a case may leave out as a whole: bugs need some kinds together, and others out of the way. */
export const GROUPS = [
  ...(["processes", "network", "disks", "clocks", "clients"] as const),
  ...(["keys", "txns", "compactions", "leases", "watches", "auth", "locks"] as const),
  ...(["programs", "traffic", "maintenance", "membership"] as const),
] as const;
export type Group = (typeof GROUPS)[number];

/** One kind of step: how often it comes, and how it is written down once it is its turn. */
export interface Kind {
  readonly name: string;
  readonly group: Group;
  readonly weight: number;
  /** What chance decides of it; and what that means when it is written. Null: there is nothing to do. */
  readonly drawn: fc.Arbitrary<(draft: Draft) => StepData | null>;
}

/** A kind whose step is made by `write` of what `arbitrary` draws. */
export function kind<T>(
  name: string,
  weight: number,
  arbitrary: fc.Arbitrary<T>,
  write: (drawn: T, draft: Draft) => StepData | null,
): Omit<Kind, "group"> {
  const drawn = arbitrary.map((value) => (draft: Draft) => write(value, draft));
  return { name, weight, drawn };
}

export function inGroup(group: Group, kinds: readonly Omit<Kind, "group">[]): readonly Kind[] {
  return kinds.map((each) => ({ ...each, group }));
}

export const who: fc.Arbitrary<Who> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Who>("leader") },
  { weight: 5, arbitrary: fc.nat(6) },
);

export const key = fc.nat(3).map((n) => `k${n}`);

/** Revisions around the newest one. */
export const revision = fc.constantFrom(
  ...["newest", "newest", "newest - 1", "newest - 2", "newest - 5", "newest - 20"],
  ...["newest + 1", "newest + 3"],
);

export const ms = (min: number, max: number) =>
  fc.integer({ min, max }).map((value) => `${value}ms`);

/** A transaction, as steps and operations of transactions hold it. */
export function transaction(
  success: readonly unknown[],
  guards: readonly string[] = [],
  failure: readonly unknown[] = [],
): Readonly<Record<string, unknown>> {
  return {
    ...(guards.length === 0 ? {} : { if: guards }),
    // biome-ignore lint/suspicious/noThenProperty: a transaction's own word
    then: success,
    ...(failure.length === 0 ? {} : { else: failure }),
  };
}
