import { writeFileSync } from "node:fs";
import { BUNDLE, viewerModule } from "./viewer-source.ts";

/** `npm run viewer`: the page's script and style as a module. */
writeFileSync(BUNDLE, viewerModule());
