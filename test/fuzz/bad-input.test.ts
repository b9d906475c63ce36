import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { timeLimitMs } from "../support/time-limit.ts";
import { TARGETS } from "./bad-input/targets.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = join(import.meta.dirname, "bad-input/main.ts");

/** All of them damage 10,000 inputs in the long run. */
const { DETCD_FUZZ_RUNS, DETCD_SEED = "1" } = process.env;
const RUNS = DETCD_FUZZ_RUNS === undefined ? 40 : Math.ceil(Number(DETCD_FUZZ_RUNS) / 2);

/** Of the whole process: more than this is more than a damaged file is worth. */
const MIB_MAX = 500;

describe("damaged input is taken or refused, with a place and for people, in no time and little memory:", () => {
  test.each(Object.keys(TARGETS))(
    "%s",
    async (target) => {
      const node = ["--max-old-space-size=400", "--import", "tsx", MAIN];
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [...node, target, `${RUNS}`, DETCD_SEED],
        { cwd: ROOT },
      );
      const { failure, refused, taken, maxMiB } = JSON.parse(stdout);
      expect(failure).toBeNull();
      expect(refused + taken).toBe(RUNS);
      // Neither is for nothing.
      expect(Math.min(refused, taken)).toBeGreaterThan(0);
      expect(maxMiB).toBeLessThan(MIB_MAX);
    },
    timeLimitMs(RUNS),
  );
});
