/** What Go's base64 says where it can't go on, as an offset in the text. */
export class CorruptInput {
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

const VALUES = {
  standard: valuesOf(STANDARD),
  url: valuesOf(STANDARD.replace("+/", "-_")),
};

const PADDING = 0x3d;

/**
 * Decodes as Go does (encoding/base64): ends of lines are skipped, bits that are left over are no
 * error. A char of the text is a byte.
 */
export function decodeBase64(
  text: string,
  alphabet: keyof typeof VALUES = "standard",
  isPadded = true,
): Uint8Array | CorruptInput {
  const values = VALUES[alphabet];
  const out = new Uint8Array(Math.floor((text.length * 3) / 4) + 3);
  let length = 0;
  let at = 0;
  for (;;) {
    const read = quantum(text, at, values, isPadded);
    if (read instanceof CorruptInput) return read;
    at = read.to;
    const { bits, digits } = read;
    if (digits > 1) out[length++] = bits >>> 16;
    if (digits > 2) out[length++] = bits >>> 8;
    if (digits > 3) out[length++] = bits;
    if (digits < 4) return out.slice(0, length);
  }
}

/** Four digits, or those at the end (decodeQuantum). */
function quantum(
  text: string,
  from: number,
  values: Int8Array,
  isPadded: boolean,
): { bits: number; digits: number; to: number } | CorruptInput {
  let bits = 0;
  let at = from;
  for (let digits = 0; digits < 4; ) {
    if (at === text.length) {
      if (digits === 0) return { bits, digits, to: at };
      if (digits === 1 || isPadded) return new CorruptInput(at - digits);
      return { bits, digits, to: at };
    }
    const code = text.charCodeAt(at++);
    const value = values[code] as number;
    if (value >= 0) {
      bits |= value << (18 - 6 * digits++);
      continue;
    }
    if (isLineEnd(code)) continue;
    if (code !== PADDING || !isPadded || digits < 2) return new CorruptInput(at - 1);
    if (digits === 2) {
      at = afterLineEnds(text, at);
      if (at === text.length) return new CorruptInput(text.length);
      if (text.charCodeAt(at) !== PADDING) return new CorruptInput(at - 1);
      at++;
    }
    at = afterLineEnds(text, at);
    if (at < text.length) return new CorruptInput(at);
    return { bits, digits, to: at };
  }
  return { bits, digits: 4, to: at };
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

function afterLineEnds(text: string, from: number): number {
  let at = from;
  while (at < text.length && isLineEnd(text.charCodeAt(at))) at++;
  return at;
}
