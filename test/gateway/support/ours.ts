import { serverReceiveLimit } from "../../../src/api/grpc-limits.ts";
import { utf8Decode, utf8Encode } from "../../../src/base/utf8.ts";
import { handle } from "../../../src/gateway/handle.ts";
import type { HttpAnswer, HttpRequest } from "../../../src/gateway/http.ts";
import { MEMBER_DEFAULTS } from "../../../src/member/defaults.ts";
import { profileOf } from "../../../src/profile/profile.ts";
import { Lone } from "../../member/support/lone-member.ts";

/** A member of ours behind its gateway, without a port. */
export class Ours {
  readonly lone: Lone;
  private readonly version: string;

  constructor(version: string) {
    this.version = version;
    this.lone = new Lone({ serverVersion: version });
  }

  ask(method: string, target: string, body = "", headers: HttpRequest["headers"] = {}): HttpAnswer {
    const { version, lone } = this;
    const profile = profileOf(version);
    const receiveLimit = serverReceiveLimit(MEMBER_DEFAULTS.maxRequestBytes);
    const request = { method, target, headers, body: utf8Encode(body) };
    const handled = handle(request, { profile, receiveLimit });
    switch (handled.kind) {
      case "answer":
        return handled.answer;
      case "call":
        return handled.answer(lone.ask1(handled.request, handled.metadata.token));
      case "page":
        return handled.answer({ serverVersion: version, clusterVersion: "", storageVersion: "" });
      default:
        throw new Error(`a ${handled.kind} is served by others`);
    }
  }

  /** Status and body. */
  text(method: string, target: string, body?: string): string {
    const answer = this.ask(method, target, body);
    return `${answer.status} ${utf8Decode(answer.body)}`;
  }
}
