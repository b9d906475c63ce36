import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { mistakeById } from "../../src/museum/catalogue.ts";
import type { Behaviours } from "../../src/profile/behaviour.ts";
import { BEHAVIOURS } from "../../src/profile/catalogue.ts";
import { INHERITED, type Inherited } from "../../src/profile/inherited.ts";
import { LINES, RELEASES } from "../../src/profile/lines.ts";

export const PAGE = resolve(import.meta.dirname, "../../docs/profiles.md");

/** What is above this line is written by hand. */
const BORDER = "<!-- What follows is made from src/profile: npm run profiles -->\n";

/** The page as the tables have it, below what is written by hand. */
export function profilesPage(): string {
  const [byHand] = readFileSync(PAGE, "utf8").split(BORDER);
  const releases = LINES.map((line) => `| ${line} | ${RELEASES[line]} |`);
  return [
    `${byHand}${BORDER}\n| line | its judge |\n|---|---|\n${releases.join("\n")}\n`,
    ...BEHAVIOURS.map(({ area, behaviours }) => section(area, behaviours)),
    mistakes(),
  ].join("");
}

const lines = LINES.join(" | ");
const rule = "|---".repeat(LINES.length);

function section(area: string, behaviours: Behaviours): string {
  const rows = Object.entries(behaviours).map(([name, { about, source, values }]) =>
    row([`\`${name}\``, about, ...LINES.map((line) => text(values[line])), source]),
  );
  return `\n## ${area}\n\n| name in the code | what it is about | ${lines} | source |\n|---|---${rule}|---|\n${rows.join("\n")}\n`;
}

function mistakes(): string {
  const rows = INHERITED.map(({ mistake, until, source }: Inherited) => {
    const title = mistakeById(mistake)?.title ?? "";
    const made = LINES.map((line) => (LINES.indexOf(line) <= LINES.indexOf(until) ? "yes" : "–"));
    return row([mistake, title, ...made, source]);
  });
  return `\n## Known mistakes of the releases\n\n| id | what goes wrong | ${lines} | source |\n|---|---${rule}|---|\n${rows.join("\n")}\n`;
}

function text(value: boolean | number | string): string {
  if (typeof value === "boolean") return value ? "yes" : "–";
  return typeof value === "number" ? value.toLocaleString("en-US") : value;
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
