import { dataOf } from "../../scenario/read/data-of.ts";
import { parseScenario } from "../../scenario/read/parse.ts";
import { runScenario } from "../../scenario/run/run.ts";
import { Session } from "../../session/session.ts";
import type { MenuChoice } from "../../ui/menu/menu-state.ts";
import { startMenu } from "../../ui/menu/start-menu.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { visualize } from "../replay/visualize.ts";
import { fromLibrary } from "../sources/library.ts";
import { libraryMenu } from "./library-menu.ts";

/** The library as a menu: what is chosen is shown, until the menu is left; the exit code. */
export async function menu(io: Io): Promise<number> {
  const start = libraryMenu();
  for (;;) {
    const choice = await startMenu(start);
    if (choice === null) return EXIT.held;
    await show(choice, io);
  }
}

async function show({ run: name, mistake }: MenuChoice, io: Io): Promise<void> {
  const source = fromLibrary(name);
  if (source === null) return;
  const read = parseScenario(source.text, source.label);
  const data = dataOf(read, read.cluster.seed);
  const run = runScenario(read);
  const session = Session.from(data, run);
  const command = `detcd replay ${name}`;
  if (mistake === null) {
    await visualize(run, { session, command }, io);
    return;
  }
  const own = (data.cluster["bugs"] ?? []) as readonly string[];
  const cluster = { ...data.cluster, bugs: [...new Set([...own, mistake])] };
  const both = session.with({ ...data, cluster }, `with the mistake ${mistake}`).at(1);
  const wrong = both.branch.run;
  await visualize(wrong, { session: both, beside: 0, command }, io);
}
