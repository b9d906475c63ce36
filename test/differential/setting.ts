import { etcdVersion } from "../support/real-etcd.ts";
import { timeLimitMs } from "../support/time-limit.ts";

const version = etcdVersion();

/** Later versions answer differently here and there, by intent. */
export const usable = version?.includes(" 3.4.") ?? false;
export const found = `${version ?? "none in PATH"}${usable ? "" : "; skipped: wants etcd 3.4"}`;

const { DETCD_DIFFERENTIAL_PROGRAMS = "60", DETCD_DIFFERENTIAL_SEED = "3423" } = process.env;
/** How many programs of the main kind are run; `npm run differential` asks for more. */
export const PROGRAMS = Number(DETCD_DIFFERENTIAL_PROGRAMS);
export const SEED = Number(DETCD_DIFFERENTIAL_SEED);
export const TIMEOUT_MS = timeLimitMs(2 * PROGRAMS);
