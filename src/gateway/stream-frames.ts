import { type ApiError, GrpcCode } from "../api/errors.ts";
import type { Message } from "../api/wire/message.ts";
import { utf8Encode } from "../base/utf8.ts";
import type { Profile } from "../profile/catalogue.ts";
import { errorJson, statusOf } from "./gateway-error.ts";
import { GRPC_TYPE, type Header, type HttpHead, head, JSON_TYPE } from "./http.ts";
import { jsonString } from "./json/json-string.ts";
import { writeJson } from "./json/write-json.ts";
import { statusText } from "./status-text.ts";

/** A part of a stream's answer. */
export interface Frame {
  /** With the first part: what goes before it. */
  readonly head: HttpHead | null;
  readonly bytes: Uint8Array;
}

/** What a client sees of a stream: a line of JSON a message (runtime/handler.go ForwardResponseStream). */
export class StreamFrames<T> {
  private readonly of: Message<T>;
  private readonly profile: Profile;
  private hasBegun = false;

  constructor(of: Message<T>, profile: Profile) {
    this.of = of;
    this.profile = profile;
  }

  message(message: T): Frame {
    const json = writeJson(this.of, message, true);
    return this.frame(200, [JSON_TYPE, GRPC_TYPE], `{"result":${json}}\n`);
  }

  /** The last part. @param error null: it ends because all is said */
  end(error: ApiError | null): Frame {
    const { profile } = this;
    const { grpcGateway } = profile;
    if (error === null) return this.frame(200, grpcGateway === 1 ? [JSON_TYPE] : [], "");
    const body =
      grpcGateway === 1
        ? `{"error":${streamError(error, profile)}}`
        : `{"error":${errorJson(error, profile)}}\n`;
    return this.frame(statusOf(error.code, profile), [JSON_TYPE], body);
  }

  private frame(status: number, headers: readonly Header[], text: string): Frame {
    const begins = !this.hasBegun;
    this.hasBegun = true;
    return { head: begins ? head(status, headers) : null, bytes: utf8Encode(text) };
  }
}

/** internal.StreamError of a gateway of version 1. */
function streamError({ code, message }: ApiError, profile: Profile): string {
  const status = statusOf(code, profile);
  const text = jsonString(message, true);
  return `{"grpc_code":${GrpcCode[code]},"http_code":${status},"message":${text},"http_status":"${statusText(status)}"}`;
}
