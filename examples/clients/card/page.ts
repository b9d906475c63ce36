import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Cell, PATIENCE_MS } from "./bench.ts";
import { LIBRARIES, type Library } from "./clients.ts";
import { FAULTS } from "./faults.ts";

export const PAGE = resolve(import.meta.dirname, "../../../docs/clients.md");

/** What was seen of a library. */
export interface Observed {
  readonly id: string;
  readonly version: string;
  readonly cells: Readonly<Record<string, Cell>>;
}

export function pathOf({ id }: Library): string {
  return resolve(import.meta.dirname, `../observed/${id}.json`);
}

/** null: nothing, or of another version only. */
export function observedOf(library: Library): Observed | null {
  const path = pathOf(library);
  if (!existsSync(path)) return null;
  const observed = JSON.parse(readFileSync(path, "utf8")) as Observed;
  return observed.version === library.version ? observed : null;
}

/** docs/clients.md, from all that was seen. */
export function page(): string {
  const seen = LIBRARIES.map((library) => ({ library, cells: observedOf(library)?.cells ?? {} }));
  const heads = LIBRARIES.map(({ name, version }) => `${name} ${version}`);
  const rows = FAULTS.map(({ id, title }) => [
    `[${title}](#${id})`,
    ...seen.map(({ cells }) => cells[id]?.verdict ?? "not run"),
  ]);
  const sections = FAULTS.map(
    ({ id, title, story }) =>
      `## <a id="${id}"></a>${title}\n\n${story}\n\n${table(
        ["", "", "seen"],
        seen.map(({ library, cells }) => [
          `${library.name} (${library.language})`,
          cells[id] === undefined ? "" : `**${cells[id].verdict}**`,
          cells[id]?.facts ?? "not run",
        ]),
      )}`,
  );
  return `${INTRODUCTION}\n${table(["", ...heads], rows)}\n${sections.join("\n")}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("");
}

const INTRODUCTION = `# What etcd's clients do when something breaks

Each library as it comes, with its defaults, against a simulated etcd 3.7 that is broken by \`detcd/testing\`. The
page is written by \`npm run clients\` from what was seen; the programs stand in [examples/clients](../examples/clients),
one a library, and what is done to the cluster in \`examples/clients/card/faults.ts\`. Nothing here is what an etcd
does wrong, nor always the library's fault: it is what somebody who uses it has to know.

Times are those of one run, and a library that chooses members at random may do better or worse in another. “Hangs” means: neither an answer nor an error within ${PATIENCE_MS / 1000} s; “written twice”: the key's
version says so.
`;
