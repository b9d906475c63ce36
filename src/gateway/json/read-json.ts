import type { Message } from "../../api/wire/message.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import { ProtobufWriter } from "../../base/protobuf.ts";
import type { GatewayProfile } from "../../profile/gateway.ts";
import { GoDecoder } from "./go-decoder.ts";
import { writeFromJsonpb } from "./jsonpb.ts";
import { writeFromProtojson } from "./protojson.ts";

/** Reads messages from the JSON values of a body, one after the other, as a release's gateway does. */
export class JsonReader {
  private readonly text: string;
  private readonly decoder: GoDecoder;
  private readonly profile: GatewayProfile;

  constructor(body: Uint8Array, profile: GatewayProfile) {
    this.text = bytesToBinary(body);
    this.decoder = new GoDecoder(this.text);
    this.profile = profile;
  }

  /** The next one in protobuf's wire form; null at the end. Throws JsonError. */
  next(of: Message<unknown>): Uint8Array | null {
    const node = this.decoder.next();
    if (node === null) return null;
    const writer = new ProtobufWriter(this.text.length + 64);
    const { grpcGateway, enumsByProtoName } = this.profile;
    if (grpcGateway === 1) writeFromJsonpb(writer, of, this.text, node, enumsByProtoName);
    else writeFromProtojson(writer, of, this.text, node);
    return writer.finish();
  }
}
