import { Command, InvalidArgumentError } from "commander";
import { LANGUAGES, type Language } from "../../learn/words.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import type { LearnOptions } from "../learn/learn-options.ts";

/** `detcd learn`: lessons about Raft and etcd, on clusters that run. */
export function learnCommand(io: Io, done: (code: number) => void): Command {
  return new Command("learn")
    .description("learn Raft and etcd: lessons with a cluster that you can stop, rewind and break")
    .argument("[lesson]", "its number or name; the list of lessons if absent")
    .option("--list", "list the lessons, and which are done")
    .option(
      "--lang <language>",
      "en (English) or zh (Chinese); else that of LC_ALL or LANG",
      language,
    )
    .option("--plain", "print it as a text to read, also on a terminal")
    .option("--teacher <file>", "a lesson of your own (docs/lessons.md), checked before it begins")
    .option("--schema", "print the JSON Schema of lesson files, for editors")
    .addHelpText(
      "after",
      `
What you have done is kept in $XDG_STATE_HOME/detcd/learn.json (~/.local/state).

Examples:
  detcd learn
  detcd learn 6 --plain
  detcd learn --teacher my-lesson.yaml`,
    )
    .action(async (what: string | undefined, options: LearnOptions) => {
      // Lessons, and what runs them, are loaded for those who learn.
      const { learn } = await import("../learn/learn.ts");
      await learn(what, options, io);
      done(EXIT.held);
    });
}

function language(text: string): Language {
  const known = LANGUAGES.find((name) => name === text);
  if (known === undefined) throw new InvalidArgumentError(`it is ${LANGUAGES.join(" or ")}.`);
  return known;
}
