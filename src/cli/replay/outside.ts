import { basename, dirname, extname } from "node:path";
import { scenarioYaml } from "../../scenario/read/scenario-data.ts";
import type { Outside } from "../../ui/workbench.ts";
import { keepScenario } from "../files/keep.ts";
import type { Io } from "../io.ts";
import { shellWord } from "../text.ts";

/** What a person at the screen asks of the world outside: files, and commands to be copied. */
export function outsideOf(command: string, io: Io): Outside {
  return {
    save(data, file) {
      const name = slug(basename(file, extname(file)));
      const textOf = (own: string): string => scenarioYaml({ ...data, name: own });
      let why = "";
      const quiet = { ...io, error: (text: string) => (why += text) };
      const path = keepScenario(dirname(file), name, textOf, quiet);
      if (path === null) return why.trim();
      return `saved: detcd replay ${shellWord(path)}`;
    },
    command: (branch, moment) =>
      branch === null
        ? `${command} --at ${moment}`
        : `s saves this branch; then: detcd replay FILE --at ${moment}`,
  };
}

/** A scenario's name is made of small letters, digits and dashes. */
function slug(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return words === "" ? "by-hand" : words;
}
