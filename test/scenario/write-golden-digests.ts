import { writeFileSync } from "node:fs";
import { GOLDEN_FILE, goldenOf, goldenRun, scenarioNames } from "./golden.ts";

// `npm run digests`: after a change of behaviour that is meant.
const digests = Object.fromEntries(
  scenarioNames().map((name) => [name, goldenOf(goldenRun(name))]),
);
writeFileSync(GOLDEN_FILE, `${JSON.stringify(digests, null, 2)}\n`);
process.stdout.write(`${Object.keys(digests).length} scenarios in ${GOLDEN_FILE}\n`);
