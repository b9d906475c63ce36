import { writeFileSync } from "node:fs";
import { PAGE, profilesPage } from "./page.ts";

// `npm run profiles`: after a change of the tables.
writeFileSync(PAGE, profilesPage());
