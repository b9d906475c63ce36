import { binaryToBytes, bytesToBinary } from "../../base/bytes.ts";
import { utf8Decode, utf8Encode } from "../../base/utf8.ts";
import type { JsonNode } from "./go-decoder.ts";

const ESCAPED: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

const REPLACEMENT = "\ufffd";
/** With the `u` flag: half of a pair that stands alone. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** A string between its quotes, escapes and all. */
function inner(text: string, node: JsonNode): string {
  return text.slice(node.from + 1, node.to - 1);
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u(....)|(.))/gs, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (ESCAPED[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** A string as encoding/json reads it: what is no Unicode becomes U+FFFD. */
export function goString(text: string, node: JsonNode): string {
  const raw = inner(text, node);
  if (/^[ -[\]-~]*$/.test(raw)) return raw;
  return unescaped(utf8Decode(binaryToBytes(raw))).replace(LONE_SURROGATE, REPLACEMENT);
}

/** A string that protobuf's own reader does not take. */
export class MalformedString {
  /** The escape that is none, with what comes after it; "": it is no UTF-8. */
  readonly raw: string;

  constructor(raw: string) {
    this.raw = raw;
  }
}

/** A string as protojson reads it. */
export function protoString(text: string, node: JsonNode): string | MalformedString {
  const raw = inner(text, node);
  if (/^[ -[\]-~]*$/.test(raw)) return raw;
  const decoded = utf8Decode(binaryToBytes(raw));
  if (decoded.includes(REPLACEMENT) && bytesToBinary(utf8Encode(decoded)) !== raw) {
    return new MalformedString("");
  }
  const whole = unescaped(decoded);
  if (whole.search(LONE_SURROGATE) < 0) return whole;
  return new MalformedString(afterLoneSurrogate(`${decoded}"`));
}

/** The six characters behind the first half of a pair whose other half is missing. */
function afterLoneSurrogate(text: string): string {
  const [, rest = ""] =
    /^(?:\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u(?![dD][89a-fA-F])....|\\[^u]|[^\\])*\\u[dD][89a-fA-F]..(.{0,6})/s.exec(
      text,
    ) ?? [];
  return rest;
}
