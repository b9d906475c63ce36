import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SCREENS, screens } from "./support/screens.ts";

/** `npm run screens`: the pictures in docs/screens. */
mkdirSync(SCREENS, { recursive: true });
for (const [file, text] of screens()) writeFileSync(join(SCREENS, file), text);
