import { argumentAt, type Command } from "./command.ts";
import { type Output, parseLevel } from "./output.ts";

/** `log-level DEBUG|INFO|WARN|ERROR|FATAL|NONE`, in upper or lower case. */
export const logLevel: Command = ({ output }, args) => setLevel(output, argumentAt(args, 0).key);

/** @returns the text of the harness's error for a name that is no level. */
export function setLevel(output: Output, name: string): string | null {
  const level = parseLevel(name);
  if (typeof level === "string") return level;
  output.level = level;
  return null;
}
