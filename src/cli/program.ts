import { Command, CommanderError } from "commander";
import { InputError } from "../scenario/read/input-error.ts";
import { TraceError } from "../trace/trace-error.ts";
import { checkCommand } from "./commands/check.ts";
import { conformanceCommand } from "./commands/conformance.ts";
import { exportCommand } from "./commands/export.ts";
import { faultCommand } from "./commands/fault.ts";
import { fuzzCommand } from "./commands/fuzz.ts";
import { learnCommand } from "./commands/learn.ts";
import { playCommand } from "./commands/play.ts";
import { replayCommand } from "./commands/replay.ts";
import { scenariosCommand } from "./commands/scenarios.ts";
import { serveCommand } from "./commands/serve.ts";
import { whenCommand } from "./commands/when.ts";
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { VERSION } from "./version.ts";

const FIRST = `
First thing to try:
  detcd replay leader-crash      a leader dies; watch the others elect a new one
  detcd scenarios                what else can go wrong
`;

/** Runs one command line (without node and script); returns the exit code, never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.held;
  const program = programFor(io, (result) => {
    code = result;
  });
  try {
    if (argv.length === 0 && io.interactive) {
      const { menu } = await import("./menu/menu.ts");
      return await menu(io);
    }
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(helped(argv, program), { from: "user" });
    return code;
  } catch (error) {
    return explain(error, argv, io);
  }
}

/** Asked for help about a command it does not know, commander would show the general help. */
function helped(argv: readonly string[], program: Command): string[] {
  const [first, topic, ...inner] = argv;
  if (first !== "help" || topic === undefined) return [...argv];
  const known = topic === "help" || program.commands.some((command) => command.name() === topic);
  return known ? [topic, ...inner, "--help"] : [topic];
}

function programFor(io: Io, done: (code: number) => void): Command {
  const program = new Command("detcd")
    .description("A complete etcd in a deterministic simulator: replay failures and see why.")
    .usage("<command> [options]")
    .version(VERSION, "-V, --version", "print the version")
    .helpCommand("help [command]", "show what a command takes")
    .addHelpText("after", FIRST)
    // What stands behind `fuzz merge` is merge's, though fuzz has options of those names.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.error,
      outputError: (text, write) => write(`detcd: ${oneLine(text)}\n`),
      getOutHasColors: () => io.colors,
      getErrHasColors: () => false,
    });
  for (const command of [
    replayCommand(io, done),
    scenariosCommand(io, done),
    fuzzCommand(io, done),
    whenCommand(io, done),
    checkCommand(io, done),
    conformanceCommand(io, done),
    exportCommand(io, done),
    learnCommand(io, done),
    playCommand(io, done),
    serveCommand(io, done),
    faultCommand(io, done),
  ]) {
    command.copyInheritedSettings(program);
    for (const inner of command.commands) inner.copyInheritedSettings(command);
    program.addCommand(command);
  }
  return program;
}

/** `error: unknown command 'x'\n(Did you mean y?)` → `unknown command 'x', did you mean "y"?` */
function oneLine(text: string): string {
  return text
    .trim()
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean one of (.*)\?\)/, ", did you mean one of $1?")
    .replace(/\n\(Did you mean (.*)\?\)/, ', did you mean "$1"?')
    .replace(
      /^option '(--[\w-]+)[^']*' cannot be used with option '(--[\w-]+)[^']*'$/,
      "$1 and $2 have no place beside each other: take one",
    )
    .replace(/^unknown option '-v'$/, "$&; -V prints the version")
    .replace(/^(unknown command[^?]*)$/, "$1 (`detcd` alone lists them)")
    .replace(/^missing required argument 'what'$/, "replay what? e.g. `detcd replay leader-crash`")
    .replace(
      /^missing required argument 'failure'$/,
      "which failure? e.g. `detcd when my-failure.yaml`",
    );
}

function explain(error: unknown, argv: readonly string[], io: Io): number {
  if (error instanceof CommanderError) {
    // Help and version end here too, with code 0; commander has said everything already.
    return error.exitCode === 0 ? EXIT.held : EXIT.badInput;
  }
  if (error instanceof InputError || error instanceof TraceError) {
    const placed = !(error instanceof InputError) || error.problems.some(({ file }) => file !== "");
    io.error(`${placed ? "" : "detcd: "}${error.message}\n`);
    return EXIT.badInput;
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.error(
    `This is a bug of detcd, not of your input:\n${what}\n\n` +
      `Please report it with the scenario, its seed, and this command: detcd ${argv.join(" ")}\n`,
  );
  return EXIT.failed;
}
