import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

/** A scenario that shows a known mistake. */
export interface Regression {
  readonly name: string;
  readonly bug: string;
  /** The checkers that it expects to find something, the one that it is about first. */
  readonly shows: readonly string[];
}

const FOLDER = resolve(import.meta.dirname, "../../scenarios/regressions");

const FILES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .sort();

/** Mistakes of detcd's own, found and mended: they hold now. */
export const MENDED: readonly string[] = FILES.map((file) => file.replace(".yaml", "")).filter(
  (name) => !/^[a-z]+[0-9]+[a-z]?-/.test(name),
);

export const REGRESSIONS: readonly Regression[] = FILES.filter(
  (file) => !MENDED.includes(file.replace(".yaml", "")),
).map((file) => {
  const { name, cluster, expect } = parse(readFileSync(join(FOLDER, file), "utf8")) as {
    readonly name: string;
    readonly cluster: { readonly bugs: readonly string[] };
    readonly expect: readonly Readonly<Record<string, string>>[];
  };
  const shows = expect.flatMap((each) => each["violated"] ?? []);
  return { name, bug: cluster.bugs[0] as string, shows };
});

/**
 * What comes rightly of those where the mistake is not made: raft panics over such options as soon as a
 * member starts (a scenario file with them is refused), and no step can be taken.
 */
export const RIGHTLY: Readonly<Record<string, { invariant: string; failure: string }>> = {
  "r28-lease-read": { invariant: "panic", failure: "m1 is not running" },
};
