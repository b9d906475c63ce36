import { InputError } from "../../scenario/read/input-error.ts";
import { ControlError } from "./words.ts";

/** Whether this says that what was asked for makes no sense, or is impossible now: nothing has happened. */
export function isRefusal(error: unknown): error is Error {
  return (
    error instanceof ControlError ||
    error instanceof InputError ||
    (error instanceof Error && (error.name === "SelectorError" || error.name === "FaultError"))
  );
}

/** Where it stands in the steps is nothing that anybody wrote. */
export function refusalText(error: Error): string {
  return error.message.replace(/^steps\[\d+\][^:]*: /gm, "");
}
