import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type { RequestHeader } from "../internal-requests.ts";
import { putInt, putText } from "./fields.ts";

// RequestHeader {ID=1, username=2, auth_revision=3}

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

/** Writes the id as a uint64. */
export function writeId(writer: ProtobufWriter, field: number, header: RequestHeader): void {
  const { id, idHigh } = header;
  if (idHigh === undefined) {
    writer.varintField(field, id);
    return;
  }
  const hi = Math.floor(id / TWO_32);
  writer.varint64Field(field, (hi | (idHigh << HIGH_BITS_IN_ID)) >>> 0, id - hi * TWO_32);
}

export function writeHeader(writer: ProtobufWriter, header: RequestHeader): void {
  if (header.id !== 0 || header.idHigh !== undefined) writeId(writer, 1, header);
  putText(writer, 2, header.username);
  putInt(writer, 3, header.authRevision);
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
