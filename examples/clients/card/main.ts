/**
 * `npm run clients`: what the client libraries do when something breaks, as far as they can be run here. Writes
 * what was seen to `observed/`, and from all that is there the page docs/clients.md.
 *
 *     npm run clients                         # all
 *     npm run clients -- go-clientv3          # one
 *     npm run clients -- go-clientv3 lost-answer stream-cut
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Cell } from "./bench.ts";
import { Absent, folderOf, LIBRARIES, type Library } from "./clients.ts";
import { FAULTS } from "./faults.ts";
import { observedOf, PAGE, page, pathOf } from "./page.ts";
import { type Command, Lacking } from "./speaker.ts";

/** So many at the same time: mostly they wait. */
const AT_ONCE = 3;

async function main(words: readonly string[]): Promise<number> {
  const known = [...LIBRARIES, ...FAULTS].map(({ id }) => id);
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    process.stderr.write(`"${unknown}" is none of ${known.join(", ")}\n`);
    return 2;
  }
  const chosen = <T extends { readonly id: string }>(all: readonly T[]) => {
    const some = all.filter(({ id }) => words.includes(id));
    return some.length > 0 ? some : all;
  };
  let failed = false;
  for (const library of chosen(LIBRARIES)) {
    const command = prepared(library);
    if (command === null) continue;
    const cells = new Map<string, Cell>(Object.entries(observedOf(library)?.cells ?? {}));
    const waiting = [...chosen(FAULTS)];
    const work = async () => {
      for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
        try {
          const cell = await fault.run(command).catch((error: unknown): Cell => {
            if (error instanceof Lacking) return { verdict: error.message, facts: "—" };
            throw error;
          });
          cells.set(fault.id, cell);
          process.stdout.write(`${library.id} ${fault.id}: ${cell.verdict}: ${cell.facts}\n`);
        } catch (error) {
          failed = true;
          process.stderr.write(`${library.id} ${fault.id}: ${(error as Error).message}\n`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const { id, version } = library;
    const ordered = FAULTS.flatMap(({ id: of }) => {
      const cell = cells.get(of);
      return cell === undefined ? [] : [[of, cell] as const];
    });
    const observed = { id, version, cells: Object.fromEntries(ordered) };
    mkdirSync(resolve(pathOf(library), ".."), { recursive: true });
    writeFileSync(pathOf(library), `${JSON.stringify(observed, null, 2)}\n`);
  }
  writeFileSync(PAGE, page());
  return failed ? 1 : 0;
}

function prepared(library: Library): Command | null {
  try {
    return library.prepare(folderOf(library));
  } catch (error) {
    const stderr = String((error as { stderr?: unknown }).stderr ?? "");
    const why = error instanceof Absent ? error.message : `${(error as Error).message}\n${stderr}`;
    process.stdout.write(`${library.id} is skipped: ${why}\n`);
    return null;
  }
}

process.exitCode = await main(process.argv.slice(2));
