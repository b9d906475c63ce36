import type { Duration, Instant } from "../base/time.ts";
import type { ClusterOptions } from "../sim/options.ts";
import type { Condition } from "./language/conditions/condition.ts";
import type { Check } from "./language/expectations/index.ts";
import type { World } from "./run/world.ts";

/** When a step comes. */
export type Timing =
  | { readonly kind: "now" }
  | { readonly kind: "at"; readonly at: Instant }
  | { readonly kind: "after"; readonly delay: Duration }
  | {
      readonly kind: "when";
      readonly text: string;
      readonly condition: Condition;
      readonly within: Duration;
    };

export interface Expectation {
  /** As the file says it. */
  readonly text: string;
  readonly check: Check;
}

export interface Step {
  /** From 1 on. */
  readonly number: number;
  readonly line: number;
  readonly timing: Timing;
  /** What it does, as the file says it, e.g. `crash: leader`; empty for a step that only waits. */
  readonly text: string;
  /** For the reader; empty if there is none. */
  readonly note: string;
  readonly act: ((world: World) => void) | null;
  readonly expect: readonly Expectation[];
}

/**
 * A scenario, read and checked: ready to run.
 *
 * @public
 */
export interface Scenario {
  readonly file: string;
  readonly name: string;
  readonly title: string;
  readonly teaches: string;
  readonly cluster: ClusterOptions;
  /** What comes of steps that are impossible when their turn comes. */
  readonly impossible: "fail" | "skip";
  readonly until: Instant | null;
  readonly steps: readonly Step[];
  readonly expect: readonly Expectation[];
  /** The file's text: a failing run is saved as this, with its seed. */
  readonly source: string;
}
