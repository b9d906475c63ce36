import { type Command, InvalidArgumentError, Option } from "commander";
import { FORMATS, type Format, type FormatName } from "../../export/catalogue.ts";
import type { FormatOptions, TerminalSize } from "../../export/options.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { nearest } from "../../scenario/read/suggest.ts";
import { countOption, speedOption, timeOption } from "../option-values.ts";

/** The formats of `detcd export`, and the options of them. */

const KEYS = [
  "at",
  "from",
  "size",
  "theme",
  "speed",
  "castVersion",
  "heartbeats",
  "limit",
] as const;

interface Flag {
  readonly flags: string;
  readonly what: string;
  readonly parse?: (text: string) => unknown;
  readonly choices?: readonly string[];
}

const FLAGS: Readonly<Record<keyof FormatOptions, Flag>> = {
  at: {
    flags: "--at <time>",
    what: "the moment that is shown, or at which the page opens",
    parse: timeOption,
  },
  from: { flags: "--from <time>", what: "leave out what happened before", parse: timeOption },
  size: {
    flags: "--size <columns>x<rows>",
    what: 'of the terminal, "100x30" if absent',
    parse: sizeOption,
  },
  theme: { flags: "--theme <name>", what: "of the picture", choices: ["dark", "light"] },
  speed: { flags: "--speed <number>", what: "virtual seconds a second", parse: speedOption },
  castVersion: {
    flags: "--cast-version <number>",
    what: "3, or 2 for older players",
    parse: castVersionOption,
  },
  heartbeats: { flags: "--heartbeats", what: "heartbeats and their answers, too" },
  limit: {
    flags: "--limit <number>",
    what: "at most so many messages or states",
    parse: countOption,
  },
};

export function addFormatOptions(command: Command): Command {
  for (const key of KEYS) {
    const { flags, what, parse, choices } = FLAGS[key];
    const option = new Option(flags, `${what} (${formatsThatTake(key).join(", ")})`);
    if (parse !== undefined) option.argParser(parse);
    if (choices !== undefined) option.choices(choices);
    command.addOption(option);
  }
  return command;
}

/** A line for each format. */
export function formatList(): string {
  const width = Math.max(...FORMATS.map(({ name }) => name.length));
  return FORMATS.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join("\n");
}

/** The format of that name, if it heeds all of the options that were given. Throws InputError. */
export function formatNamed(name: string | undefined, options: FormatOptions): FormatName {
  const names = FORMATS.map((known) => known.name);
  const all = `the formats are ${names.join(", ")}`;
  if (name === undefined) throw InputError.plain(`--to is missing: ${all}`);
  const format: (Format & { readonly name: FormatName }) | undefined = FORMATS.find(
    (known) => known.name === name,
  );
  if (format === undefined) {
    const near = nearest(name, names);
    throw InputError.plain(
      `unknown format "${name}", ${near === null ? all : `did you mean "${near}"?`}`,
    );
  }
  for (const key of KEYS) {
    if (options[key] === undefined || format.takes.includes(key)) continue;
    throw InputError.plain(
      `${FLAGS[key].flags.split(" ", 1)} is for ${formatsThatTake(key).join(", ")}, not for ${name}; leave it out`,
    );
  }
  return format.name;
}

function formatsThatTake(key: keyof FormatOptions): string[] {
  const formats: readonly Format[] = FORMATS;
  return formats.filter(({ takes }) => takes.includes(key)).map(({ name }) => name);
}

const LARGEST = 500;

function sizeOption(text: string): TerminalSize {
  const [, columns, rows] = /^(\d{1,3})[x×](\d{1,3})$/.exec(text) ?? [];
  const size = { columns: Number(columns), rows: Number(rows) };
  if (columns === undefined || size.columns > LARGEST || size.rows > LARGEST) {
    throw new InvalidArgumentError(
      `a size is columns x rows, up to ${LARGEST} each, for example 100x30.`,
    );
  }
  return size;
}

function castVersionOption(text: string): 2 | 3 {
  if (text !== "2" && text !== "3") throw new InvalidArgumentError("it is 2 or 3.");
  return Number(text) as 2 | 3;
}
