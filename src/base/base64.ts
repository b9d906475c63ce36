import { assert } from "./assert.ts";

const COMMON = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** RFC 4648, section 4, with padding: Go's base64.StdEncoding. */
export function toBase64(bytes: Uint8Array): string {
  const text = encode(bytes, `${COMMON}+/`);
  const rest = bytes.length % 3;
  return rest === 0 ? text : text + (rest === 1 ? "==" : "=");
}

/** RFC 4648, section 5, without padding, as in a JWT. */
export function toBase64Url(bytes: Uint8Array): string {
  return encode(bytes, `${COMMON}-_`);
}

/** null if the text is not what {@link toBase64} writes. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const end = text.endsWith("==") ? text.length - 2 : text.length - (text.endsWith("=") ? 1 : 0);
  return decode(text, end, `${COMMON}+/`);
}

/** null if the text is not what {@link toBase64Url} writes. */
export function fromBase64Url(text: string): Uint8Array | null {
  return decode(text, text.length, `${COMMON}-_`);
}

function encode(bytes: Uint8Array, alphabet: string): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (let i = 0; i < bytes.length; i++) {
    held = (held << 8) | (bytes[i] as number);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet.charAt((held >>> bits) & 63);
    }
    held &= (1 << bits) - 1;
  }
  assert(bits < 6, "fewer bits are left than a character holds");
  return bits === 0 ? text : text + alphabet.charAt((held << (6 - bits)) & 63);
}

function decode(text: string, end: number, alphabet: string): Uint8Array | null {
  if (end % 4 === 1) return null;
  const out = new Uint8Array(Math.floor((end * 3) / 4));
  let bits = 0;
  let held = 0;
  let to = 0;
  for (let i = 0; i < end; i++) {
    const value = alphabet.indexOf(text.charAt(i));
    if (value < 0) return null;
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[to++] = (held >>> bits) & 0xff;
    held &= (1 << bits) - 1;
  }
  assert(to === out.length, "every byte was decoded");
  return out;
}
