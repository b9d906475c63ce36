/** UTF-8 without TextEncoder, which the core does not know. Results equal the WHATWG standard's. */

/** The number of bytes that `text` takes in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (isPair(text, i)) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

/** Encodes into `out` at `at`, which must have {@link utf8Length} bytes of room; returns the end. */
export function utf8Write(text: string, out: Uint8Array, at: number): number {
  let to = at;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point < 0x80) {
      out[to++] = point;
      continue;
    }
    if (isPair(text, i)) {
      point = 0x10000 + ((point - 0xd800) << 10) + (text.charCodeAt(i + 1) - 0xdc00);
      i++;
    } else if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x800) out[to++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) out[to++] = 0xe0 | (point >> 12);
      else {
        out[to++] = 0xf0 | (point >> 18);
        out[to++] = 0x80 | ((point >> 12) & 0x3f);
      }
      out[to++] = 0x80 | ((point >> 6) & 0x3f);
    }
    out[to++] = 0x80 | (point & 0x3f);
  }
  return to;
}

export function utf8Encode(text: string): Uint8Array {
  const out = new Uint8Array(utf8Length(text));
  utf8Write(text, out, 0);
  return out;
}

/** Decodes; each maximal broken part becomes one U+FFFD. */
export function utf8Decode(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = "";
  let i = from;
  while (i < to) {
    const lead = bytes[i++] as number;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const rest =
      lead >= 0xc2 && lead <= 0xdf
        ? 1
        : (lead & 0xf0) === 0xe0
          ? 2
          : lead >= 0xf0 && lead <= 0xf4
            ? 3
            : 0;
    // The second byte's range keeps out overlong forms, surrogates and points above U+10FFFF.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let point = lead & (0x3f >> rest);
    let left = rest;
    while (left > 0 && i < to) {
      const next = bytes[i] as number;
      if (next < low || next > high) break;
      point = (point << 6) | (next & 0x3f);
      low = 0x80;
      high = 0xbf;
      i++;
      left--;
    }
    text += rest === 0 || left > 0 ? "\ufffd" : String.fromCodePoint(point);
  }
  return text;
}

/** Whether a surrogate pair begins at `i`. */
function isPair(text: string, i: number): boolean {
  const unit = text.charCodeAt(i);
  if (unit < 0xd800 || unit > 0xdbff || i + 1 >= text.length) return false;
  const next = text.charCodeAt(i + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}
