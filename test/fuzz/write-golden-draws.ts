import { writeFileSync } from "node:fs";
import { draws, GOLDEN_DRAWS } from "./golden-draws.ts";

// `npm run hunts` and `npm run digests`: after a change of what is drawn that is meant.
writeFileSync(GOLDEN_DRAWS, `${JSON.stringify(draws(), null, 2)}\n`);
