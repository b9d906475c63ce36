import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

/** `npm run differential -- [--etcd 3.7.3] [--programs N] [--seed S]`: random programs against real etcds. */
const { values } = parseArgs({
  options: {
    etcd: { type: "string", default: "" },
    programs: { type: "string", default: "400" },
    seed: { type: "string", default: "3423" },
  },
});
const { status } = spawnSync("npx", ["vitest", "run", "test/differential"], {
  stdio: "inherit",
  env: {
    ...process.env,
    DETCD_DIFFERENTIAL_ETCD: values.etcd,
    DETCD_DIFFERENTIAL_PROGRAMS: values.programs,
    DETCD_DIFFERENTIAL_SEED: values.seed,
  },
});
process.exit(status ?? 1);
