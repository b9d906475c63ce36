/** `npm run proto`: the files in `proto/`, from the tables of `src/api/wire`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { protoFiles } from "./proto-text.ts";

const folder = resolve(import.meta.dirname, "../../proto");
mkdirSync(folder, { recursive: true });
for (const [file, text] of protoFiles()) writeFileSync(join(folder, file), text);
