import type { Operation } from "./operation.ts";

/** What {@link Machine.step} says of an operation that can't have been answered so in this state. */
export const ILLEGAL = -1;

/**
 * A sequential object, made for the operations of one partition. Its states are small whole numbers
 * that it gives out itself, the initial one being 0: equal states have equal numbers.
 */
export interface Machine {
  /** The state after the i-th operation in `state`, or {@link ILLEGAL}. */
  step(state: number, i: number): number;
  /** Whether the i-th operation, answered as it was, may change a state. */
  changes(i: number): boolean;
  /** Operations of the same kind are told from one another by nothing but their times. */
  kind(i: number): number;
  /** For people: `4`, `nothing`. */
  stateText(state: number): string;
}

/** What a history is held against. */
export interface Model<Input, Output> {
  readonly name: string;
  /** Operations of different partitions don't concern each other (linearizability is local). */
  partition(input: Input): string;
  machine(operations: readonly Operation<Input, Output>[]): Machine;
  /** For people: `cas 1 → 2: failed`. */
  operationText(input: Input, output: Output | null): string;
}
