import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { PROFILES } from "../../src/fuzz/profiles.ts";
import { CASES_MAX, type Hunt, violationIn } from "./hunt.ts";
import { FOUND, type Found, HUNTS } from "./hunts.ts";
import { PLANTED } from "./planted.ts";

// `npm run hunts`: looks for the first case that shows each mistake, and writes found.json anew;
// `npm run hunts -- M7 L3` for these alone. Where the default profile shows nothing, others are tried.

const PATH = resolve(import.meta.dirname, "found.json");
const only = process.argv.slice(2);
const rows: readonly Hunt[] = [...HUNTS, ...PLANTED];
const found: Record<string, Found> = { ...FOUND };

function* cases(): Generator<Found> {
  const others = [...PROFILES.keys()].filter((name) => name !== "default" && name !== "soak");
  for (const profile of ["default", ...others, "soak"]) {
    const max = profile === "default" ? CASES_MAX : CASES_MAX / 4;
    for (let number = 0; number < max; number++) yield { profile, case: number };
  }
}

/** Until all of these rows, of one mistake, are found. */
function hunt(own: readonly Hunt[]): void {
  const [first] = own as [Hunt];
  const left = new Map(own.map((row) => [row.checker, row.says]));
  for (const place of cases()) {
    if (left.size === 0) return;
    const violation = violationIn(place, first, [...left.keys()]);
    if (violation === null || left.get(violation.invariant)?.test(violation.text) !== true)
      continue;
    left.delete(violation.invariant);
    found[`${first.bug} ${violation.invariant}`] = place;
    process.stdout.write(`${first.bug} ${violation.invariant}: ${place.profile} ${place.case}\n`);
  }
  for (const checker of left.keys()) {
    delete found[`${first.bug} ${checker}`];
    process.stdout.write(`${first.bug}: not by ${checker}\n`);
  }
}

for (const bug of new Set(rows.map((row) => row.bug))) {
  if (only.length > 0 && !only.includes(bug)) continue;
  hunt(rows.filter((row) => row.bug === bug));
  const sorted = rows.flatMap(({ bug, checker }) => {
    const place = found[`${bug} ${checker}`];
    return place === undefined ? [] : [[`${bug} ${checker}`, place] as const];
  });
  writeFileSync(PATH, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
