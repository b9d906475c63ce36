import type { z } from "zod";
import { foundText } from "./quote.ts";

export interface PlacedIssue {
  readonly path: readonly PropertyKey[];
  /** The problem is the key itself, not its value. */
  readonly atKey: boolean;
  readonly text: string;
}

type Issue = z.core.$ZodIssue;

/**
 * zod's issues as sentences with places, one problem each: unknown keys are told apart, and of a
 * union only the branch that the input was meant for is reported.
 */
export function placedIssues(
  issues: readonly Issue[],
  base: readonly PropertyKey[] = [],
): PlacedIssue[] {
  return issues.flatMap((issue): PlacedIssue[] => {
    const path = [...base, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      const lines = issue.message.split("\n");
      return issue.keys.map((key, i) => ({
        path: [...path, key],
        atKey: true,
        text: lines[i] ?? `unknown key "${key}"`,
      }));
    }
    if (issue.code === "invalid_key") {
      return [{ path, atKey: true, text: issue.issues[0]?.message ?? issue.message }];
    }
    if (issue.code === "invalid_union") {
      const meant = issue.errors.filter((branch) => !branch.some(isRootMismatch));
      const [only] = meant;
      if (only !== undefined && meant.length === 1) return placedIssues(only, path);
    }
    return [{ path, atKey: false, text: issue.message }];
  });
}

/** The input has another type than this branch of the union: it was not meant. */
function isRootMismatch(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") {
    return issue.errors.every((branch) => branch.some(isRootMismatch));
  }
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

/** Words for what zod finds without help of the schema. */
export function plainMessage(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "invalid_type" && issue.code !== "invalid_union") return undefined;
  if (issue.input === undefined) {
    const key = issue.path?.at(-1);
    return key === undefined ? "the file is empty" : `"${String(key)}" is missing`;
  }
  if (issue.code === "invalid_union") return undefined;
  const wanted =
    issue.expected === "object" || issue.expected === "record"
      ? "a map"
      : issue.expected === "array"
        ? "a list"
        : `a ${issue.expected}`;
  return `expected ${wanted}, found ${foundText(issue.input)}`;
}
