import { parse } from "yaml";
import { MILLISECOND } from "../../base/time.ts";
import { parseDuration } from "../../scenario/read/duration.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { parseStep } from "../../scenario/read/parse-step.ts";
import type { ClusterState } from "../../serve/control/state.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";

export interface FaultOptions {
  readonly control: number;
  readonly json?: boolean;
}

/** Asks the control port for it, and prints how the cluster stands then. Throws InputError. */
export async function fault(
  word: string,
  what: readonly string[],
  { control, json = false }: FaultOptions,
  io: Io,
): Promise<number> {
  const ask = (method: string, path: string, body?: unknown) =>
    askControl(control, method, path, body);
  if (word === "scenario") {
    io.out(await ask("GET", "/scenario"));
    return EXIT.held;
  }
  const text =
    word === "state"
      ? await ask("GET", "/state")
      : word === "advance"
        ? await ask("POST", "/advance", { ms: millisecondsOf(what.join(" ")) })
        : await ask("POST", "/faults", stepOf(word, what));
  io.out(json ? text : stateText(JSON.parse(text) as ClusterState));
  return EXIT.held;
}

async function askControl(
  port: number,
  method: string,
  path: string,
  body?: unknown,
): Promise<string> {
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw InputError.plain(
      `nobody listens on port ${port}: is \`detcd serve --control ${port}\` running?`,
    );
  }
  const text = await response.text();
  if (response.ok) return text;
  let error = `port ${port} is no control port of detcd: it answered ${response.status}`;
  try {
    error = String((JSON.parse(text) as { error?: unknown }).error ?? error);
  } catch {
    // Said already.
  }
  throw InputError.plain(error);
}

/** `crash leader`, `partition m1 m2,m3`, or a whole step as in a file. */
function stepOf(word: string, what: readonly string[]): unknown {
  if (what.length === 0 && word.includes(":")) return checked(parseStep(word));
  if (word.endsWith(":")) return checked(parseStep(`${word} ${what.join(" ")}`));
  if (what.length === 0) return { [word]: word === "restart" ? "down" : true };
  if (word === "partition" && what.every((group) => /^[\w-]+(,[\w-]+)*$/.test(group))) {
    return { partition: what.map((group) => group.split(",")) };
  }
  try {
    return { [word]: parse(what.join(" ")) as unknown };
  } catch (error) {
    throw InputError.plain(`${what.join(" ")}: ${(error as Error).message.split("\n")[0]}`);
  }
}

function checked(step: ReturnType<typeof parseStep>): unknown {
  if (typeof step === "string") throw InputError.plain(step);
  return step;
}

function millisecondsOf(text: string): number {
  const us = parseDuration(text);
  if (typeof us === "number") return us / MILLISECOND;
  throw InputError.plain(`advance by how long? ${us}`);
}

function stateText({ virtualMs, cut, members }: ClusterState): string {
  const rows = members.map(({ member, endpoint, status, role, term, applied, revision }) =>
    [
      ...[member, endpoint, status, status === "up" || status === "paused" ? role : ""],
      ...[`term ${term}`, `applied ${applied}`, `revision ${revision}`],
    ].map(String),
  );
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const links = cut.length === 0 ? "" : `cut: ${cut.join(", ")}\n`;
  return `${lines.join("\n")}\n${links}virtual time ${(virtualMs / 1000).toFixed(3)}s\n`;
}
