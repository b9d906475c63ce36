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

export const REGRESSIONS: readonly Regression[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .sort()
  .map((file) => {
    const { name, cluster, expect } = parse(readFileSync(join(FOLDER, file), "utf8")) as {
      readonly name: string;
      readonly cluster: { readonly bugs: readonly string[] };
      readonly expect: readonly Readonly<Record<string, string>>[];
    };
    const shows = expect.flatMap((each) => each["violated"] ?? []);
    return { name, bug: cluster.bugs[0] as string, shows };
  });

/** What is rightly broken where the mistake is not made: raft refuses to begin with such options. */
export const RIGHTLY: Readonly<Record<string, string>> = { "r28-lease-read": "panic" };
