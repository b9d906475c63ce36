import { z } from "zod";
import { plural } from "../../../trace/names.ts";
import { expected, integer } from "../../read/scalars.ts";
import { INVARIANT_NAMES } from "../../run/checkers.ts";
import type { World } from "../../run/world.ts";
import { noNames } from "../names.ts";
import { type ExpectationKey, expectation } from "./finding.ts";

function counted(
  about: string,
  one: string,
  many: string,
  count: (world: World) => number,
): ExpectationKey {
  return expectation(about, integer(0), noNames, (least) => (world) => {
    const seen = count(world);
    return { ok: seen >= least, found: `${seen} ${plural(seen, one, many)}` };
  });
}

const invariant = z.enum(INVARIANT_NAMES, {
  error: (issue) => expected(`one of ${INVARIANT_NAMES.join(", ")}`, issue.input),
});

/** About the run as a whole. */
export const RUN_EXPECTATIONS = {
  "elections at least": counted(
    "so many elections were won",
    "election",
    "elections",
    (world) => world.history.leaderships.length,
  ),
  "duplicates at least": counted(
    "the network doubled so many messages",
    "message doubled",
    "messages doubled",
    (world) => world.history.duplicates,
  ),
  "overtaken at least": counted(
    "so many messages came after later ones",
    "message came late",
    "messages came late",
    (world) => world.history.overtaken,
  ),
  "lease expiries at least": counted(
    "so many leases ended though nobody asked for it",
    "lease expired",
    "leases expired",
    (world) => world.checkers.observations().leasesExpired,
  ),
  "watch events at least": counted(
    "watchers received so many changes",
    "change received",
    "changes received",
    (world) => world.checkers.observations().watchEvents,
  ),
  "compacted watches at least": counted(
    "so many watches were cancelled because their start was compacted",
    "watch cancelled",
    "watches cancelled",
    (world) => world.checkers.observations().watchesCompacted,
  ),
  "overlaps at least": counted(
    "so often two clients believed to hold the same lock: that is why there are fencing tokens",
    "overlap",
    "overlaps",
    (world) => world.checkers.observations().overlaps,
  ),
  "holds lost at least": counted(
    "so many holders of locks learned that they do not hold them any more",
    "hold lost",
    "holds lost",
    (world) => world.checkers.observations().holdsLost,
  ),
  violated: expectation(
    "the invariant that breaks: for scenarios that show what goes wrong without a safeguard",
    invariant,
    noNames,
    (name) => (world) => {
      const all = world.checkers.violations();
      const hit = all.find((line) => line.startsWith(`${name}:`));
      return { ok: hit !== undefined, found: hit ?? all[0] ?? "nothing was violated" };
    },
  ),
} satisfies Record<string, ExpectationKey>;
