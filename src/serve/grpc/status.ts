import { type ApiError, GrpcCode } from "../../api/errors.ts";

/** The trailers that end a call (grpc's PROTOCOL-HTTP2.md). */
export interface Trailers {
  readonly "grpc-status": string;
  readonly "grpc-message": string;
}

export const OK_TRAILERS: Trailers = Object.freeze({ "grpc-status": "0", "grpc-message": "" });

export function trailersOf({ code, message }: ApiError): Trailers {
  return { "grpc-status": String(GrpcCode[code]), "grpc-message": percentEncoded(message) };
}

/** All but printable ASCII, and the percent sign, byte by byte. */
function percentEncoded(text: string): string {
  if (/^[ -$&-~]*$/.test(text)) return text;
  let encoded = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += plain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
