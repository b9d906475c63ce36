import type { Argument } from "./argument.ts";
import type { Environment } from "./environment.ts";
import { HarnessFatal, indexPanic } from "./failures.ts";
import { atoi } from "./go-number.ts";

/**
 * A command of the interaction files. It prints to the environment's output.
 * @returns the text of the error that Go's handler would return, or null.
 */
export type Command = (
  environment: Environment,
  args: readonly Argument[],
  input: string,
) => string | null;

/** The argument at `position`, which Go's handlers take without looking whether it is there. */
export function argumentAt(args: readonly Argument[], position: number): Argument {
  const argument = args[position];
  if (argument === undefined) throw indexPanic(position, args.length);
  return argument;
}

/** The first argument as a whole number. */
export function firstNumber(args: readonly Argument[]): number {
  return number(argumentAt(args, 0).key);
}

/** The first argument as a node id, turned into the node's position from 0. */
export function firstPosition(args: readonly Argument[]): number {
  return firstNumber(args) - 1;
}

/** All arguments without a value as node ids, turned into positions from 0. */
export function positions(args: readonly Argument[]): number[] {
  return args
    .filter((argument) => argument.values.length === 0)
    .map((argument) => number(argument.key) - 1);
}

function number(text: string): number {
  const value = atoi(text);
  if (typeof value === "string") throw new HarnessFatal(value);
  return value;
}

/**
 * Runs `step` for each node; for several nodes each gets a heading and is indented.
 * @returns the first error.
 */
export function forEachNode(
  environment: Environment,
  args: readonly Argument[],
  heading: string,
  step: (environment: Environment, position: number) => string | null,
): string | null {
  const list = positions(args);
  const { output } = environment;
  for (const position of list) {
    let error: string | null;
    if (list.length > 1) {
      output.writeLine(`> ${position + 1} ${heading}`);
      error = output.indented(() => step(environment, position));
    } else error = step(environment, position);
    if (error !== null) return error;
  }
  return null;
}
