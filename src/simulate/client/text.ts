import { prefixEnd } from "../../api/ranges.ts";
import { binaryToBytes, bytesToBinary } from "../../base/bytes.ts";
import { utf8Decode, utf8Encode } from "../../base/utf8.ts";

/** Users' keys and values are texts; inside, keys are binary strings: a char a byte of UTF-8. */
export const keyOf = (text: string): string => bytesToBinary(utf8Encode(text));
export const textOf = (key: string): string => utf8Decode(binaryToBytes(key));

/**
 * Keys: one by its name, all that begin with a `prefix`, or those `from` one (included) `to` another (not
 * included; absent: to the last).
 *
 * @public
 */
export type Keys =
  | string
  | { readonly prefix: string }
  | { readonly from: string; readonly to?: string };

export interface KeyRange {
  readonly key: string;
  readonly rangeEnd: string;
}

/** The end of a range that is open. */
const OPEN = "\0";

export function rangeOf(keys: Keys): KeyRange {
  if (typeof keys === "string") return { key: keyOf(keys), rangeEnd: "" };
  if ("prefix" in keys) {
    const key = keyOf(keys.prefix);
    // All keys there are: etcd knows no empty key.
    return key === "" ? { key: OPEN, rangeEnd: OPEN } : { key, rangeEnd: prefixEnd(key) };
  }
  const { from, to } = keys;
  return { key: from === "" ? OPEN : keyOf(from), rangeEnd: to === undefined ? OPEN : keyOf(to) };
}

/** As a person says them: `a`, `a*`, `a..c`. */
export function keysText(keys: Keys): string {
  if (typeof keys === "string") return keys;
  return "prefix" in keys ? `${keys.prefix}*` : `${keys.from}..${keys.to ?? ""}`;
}
