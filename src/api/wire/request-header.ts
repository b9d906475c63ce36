import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type { RequestHeader } from "../internal-requests.ts";

// RequestHeader {ID=1, username=2, auth_revision=3}: by hand, because its id is no bigint and every
// entry of the log has one.

const TWO_32 = 0x1_0000_0000;
/** How a 64-bit id is split: `id` holds 53 bits, so 21 of the upper half. */
const HIGH_BITS_IN_ID = 21;
const HIGH_MASK = 0x1f_ffff;

/** A header whose 64-bit id comes in unsigned halves. */
export function headerOf(
  hi: number,
  lo: number,
  username: string,
  authRevision: number,
): RequestHeader {
  const id = (hi & HIGH_MASK) * TWO_32 + lo;
  const idHigh = hi >>> HIGH_BITS_IN_ID;
  return idHigh === 0 ? { id, username, authRevision } : { id, idHigh, username, authRevision };
}

/** The whole id. */
export function idOf({ id, idHigh = 0 }: RequestHeader): bigint {
  return (BigInt(idHigh) << 53n) | BigInt(id);
}

export function writeHeader(writer: ProtobufWriter, header: RequestHeader): void {
  if (header.idHigh !== undefined) writer.bigintField(1, idOf(header));
  else if (header.id !== 0) writer.varintField(1, header.id);
  if (header.username !== "") writer.stringField(2, header.username);
  if (header.authRevision !== 0) writer.intField(3, header.authRevision);
}

export function readHeader(reader: ProtobufReader): RequestHeader {
  let hi = 0;
  let lo = 0;
  let username = "";
  let authRevision = 0;
  while (reader.next()) {
    if (reader.field === 1) {
      reader.varint64();
      hi = reader.hi;
      lo = reader.lo;
    } else if (reader.field === 2) username = reader.string();
    else if (reader.field === 3) authRevision = reader.uint();
    else reader.skip();
  }
  return headerOf(hi, lo, username, authRevision);
}
