/**
 * A message as text, without knowing its type: one field a line, with its path of numbers. What is length-delimited
 * is shown as a message where it reads as one, else as its bytes in hex.
 */
export function protobufText(bytes: Uint8Array): string {
  const lines = fieldsOf(bytes, "");
  return lines === null ? `no message: ${Buffer.from(bytes).toString("hex")}` : lines.join("\n");
}

function fieldsOf(bytes: Uint8Array, path: string): string[] | null {
  const lines: string[] = [];
  let at = 0;
  const varint = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null || tag >> 3n === 0n) return null;
    const name = `${path}${tag >> 3n}`;
    const value = varint();
    if (value === null) return null;
    if ((tag & 7n) === 0n) lines.push(`${name}: ${value}`);
    else if ((tag & 7n) === 2n) {
      const end = at + Number(value);
      if (end > bytes.length) return null;
      const part = bytes.subarray(at, end);
      at = end;
      const inner = part.length === 0 ? null : fieldsOf(part, `${name}.`);
      lines.push(...(inner ?? [`${name}: "${textOf(part)}"`]));
    } else return null;
  }
  return lines;
}

/** As it stands where it is printable, else in hex. */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  return /^[ -~]*$/.test(text) ? text : `0x${Buffer.from(bytes).toString("hex")}`;
}
