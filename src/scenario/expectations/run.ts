import { z } from "zod";
import { INVARIANT_NAMES } from "../judge.ts";
import { expected, integer } from "../scalars.ts";
import type { World } from "../world.ts";
import { type ExpectationKey, keyed } from "./finding.ts";

function counted(about: string, noun: string, count: (world: World) => number): ExpectationKey {
  return keyed(about, integer(0), (least) => (world) => {
    const seen = count(world);
    return { ok: seen >= least, found: `${seen} ${noun}` };
  });
}

const invariant = z.enum(INVARIANT_NAMES, {
  error: (issue) => expected(`one of ${INVARIANT_NAMES.join(", ")}`, issue.input),
});

/** About the run as a whole. */
export const RUN_EXPECTATIONS = {
  "elections at least": counted(
    "so many elections were won",
    "elections",
    (world) => world.chronicle.leaderships.length,
  ),
  "duplicates at least": counted(
    "the network doubled so many messages",
    "messages doubled",
    (world) => world.chronicle.duplicates,
  ),
  "overtaken at least": counted(
    "so many messages came after later ones",
    "messages came late",
    (world) => world.chronicle.overtaken,
  ),
  violated: keyed(
    "the invariant that breaks: for scenarios that show what goes wrong without a safeguard",
    invariant,
    (name) => (world) => {
      const all = world.judge.violations();
      const hit = all.find((line) => line.startsWith(`${name}:`));
      return { ok: hit !== undefined, found: hit ?? all[0] ?? "nothing was violated" };
    },
  ),
} satisfies Record<string, ExpectationKey>;
