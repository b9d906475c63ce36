import { utf8Decode, utf8Encode } from "../../base/utf8.ts";

/** JSON as Go's encoding/json writes it, with 64-bit ids as plain numbers, which JSON.parse would round. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** Stands for a 64-bit number until the text is made. */
const ID_MARK = "\u0000id:";

export function jsonId(id: bigint): string {
  return ID_MARK + String(id);
}

/** Fields that are undefined are left out. */
export function encodeJson(value: unknown): Uint8Array {
  const text = JSON.stringify(value)
    .replaceAll(/"\\u0000id:(\d+)"/g, "$1")
    // Go's encoder expects its output inside HTML.
    .replaceAll(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return utf8Encode(text);
}

/** null if it is not JSON. Ids come as strings of decimal digits: see {@link idOf}. */
export function decodeJson(bytes: Uint8Array): unknown {
  // Inside a string the quotes would be escaped: this is always a field.
  const text = utf8Decode(bytes).replaceAll(/"id":\s*(\d+)/g, '"id":"$1"');
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function isFields(value: unknown): value is JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function idOf(value: unknown): bigint | null {
  return typeof value === "string" && /^\d{1,20}$/.test(value)
    ? BigInt.asUintN(64, BigInt(value))
    : null;
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Go writes null for a list that was never made. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

export function numberOf(value: unknown): number {
  return Number.isSafeInteger(value) ? (value as number) : 0;
}
