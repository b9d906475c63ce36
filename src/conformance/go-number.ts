import { quoteText } from "./go-format.ts";

/**
 * Go's strconv, base 10, as far as the harness's error texts show it. Each function returns the
 * value, or the text of Go's error.
 */

const UINT64_MAX = (1n << 64n) - 1n;
const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);

/** `strconv.ParseUint(text, 10, 64)`. */
export function parseUint64(text: string): bigint | string {
  if (!/^[0-9]+$/.test(text)) return numberError("ParseUint", text, "invalid syntax");
  const value = BigInt(text);
  return value > UINT64_MAX ? numberError("ParseUint", text, "value out of range") : value;
}

/** `strconv.ParseInt(text, 10, 64)`. */
export function parseInt64(text: string): bigint | string {
  return signed("ParseInt", text);
}

/** `strconv.Atoi(text)`; a result beyond 2^53-1 is clamped, which no node index reaches. */
export function atoi(text: string): number | string {
  const value = signed("Atoi", text);
  if (typeof value === "string") return value;
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > limit ? limit : value < -limit ? -limit : value);
}

/** `strconv.ParseBool(text)`. */
export function parseBool(text: string): boolean | string {
  switch (text) {
    case "1":
    case "t":
    case "T":
    case "true":
    case "TRUE":
    case "True":
      return true;
    case "0":
    case "f":
    case "F":
    case "false":
    case "FALSE":
    case "False":
      return false;
    default:
      return numberError("ParseBool", text, "invalid syntax");
  }
}

function signed(name: string, text: string): bigint | string {
  if (!/^[+-]?[0-9]+$/.test(text)) return numberError(name, text, "invalid syntax");
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return value > INT64_MAX || value < INT64_MIN
    ? numberError(name, text, "value out of range")
    : value;
}

function numberError(name: string, text: string, problem: string): string {
  return `strconv.${name}: parsing ${quoteText(text)}: ${problem}`;
}
