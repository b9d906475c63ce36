import { writeFileSync } from "node:fs";
import { KNOWN_MISTAKES } from "../../src/museum/catalogue.ts";
import { museumPage, PAGE } from "./page.ts";

// `npm run museum`: after a change of the catalogue, or of what catches a mistake.
writeFileSync(PAGE, museumPage());
process.stdout.write(`${KNOWN_MISTAKES.length} mistakes in ${PAGE}\n`);
