/** Numbers of JSON, as google.golang.org/protobuf reads integers from them (internal/encoding/json). */

/** The number with which a text begins, where it ends as a number must; else null. */
export function numberAtStart(text: string): string | null {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![-+._a-zA-Z0-9])/.exec(text)?.[0] ?? null;
}

/** No integer of 64 bits has more. */
const DIGITS_MAX = 20;

/** The digits of a number that is whole, as 1.0 and 1e2 are; null if it is none, or far too large. */
export function integerString(number: string): string | null {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(number) ?? [];
  const integer = whole === "0" ? "" : whole;
  const decimals = fraction.replace(/0+$/, "");
  if (integer === "" && decimals === "") return "0";
  const shift = Number(exponent);
  if (shift >= 0) {
    if (decimals.length > shift || integer.length + shift > DIGITS_MAX) return null;
    return `${sign}${integer}${decimals.padEnd(shift, "0")}`;
  }
  const kept = integer.length + shift;
  if (decimals !== "" || kept < 0 || /[^0]/.test(integer.slice(kept))) return null;
  return `${sign}${integer.slice(0, kept)}`;
}
