import { join } from "node:path";
import { Digest } from "../../src/base/digest.ts";
import { drawCase } from "../../src/fuzz/draw/case.ts";
import { PROFILES, type Profile } from "../../src/fuzz/profiles.ts";

export const GOLDEN_DRAWS = join(import.meta.dirname, "golden-draws.json");

const CASES = 5;

/** What the first cases of a campaign come down to. */
function drawnBy(profile: Profile): string {
  const digest = new Digest();
  for (let number = 0; number < CASES; number++) {
    digest.string(JSON.stringify(drawCase(profile, 1, number).scenario));
  }
  return digest.hex();
}

/** By the name of the profile. */
export function draws(): Readonly<Record<string, string>> {
  return Object.fromEntries([...PROFILES].map(([name, profile]) => [name, drawnBy(profile)]));
}
