import { request } from "node:http";
import type { Exchange } from "../exchanges.ts";
import { type Answer, normalAnswer } from "./answer.ts";

/** How long nothing must come on a stream for us to believe that nothing will. */
const SILENCE_MS = 700;
/** What may stay open, or without any answer. */
const STREAMS = /^\/v3\/(?:watch|lease\/keepalive|election\/observe)/;

/**
 * What a server at `endpoint` answers. A stream that stays open is heard until it is silent.
 *
 * @param wanted which answer is hoped for: a stream is not silent before it has said as much
 */
export function askReal(
  endpoint: string,
  { method = "POST", target, body, headers = {} }: Exchange,
  wanted: Answer | null = null,
): Promise<Answer> {
  return new Promise((done, failed) => {
    const { hostname, port } = new URL(endpoint);
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const options = { hostname, port, method, path: target, headers: { ...length, ...headers } };
    const linesWanted = linesOf(wanted?.body ?? "");
    let text = "";
    let silence: NodeJS.Timeout | undefined;
    let onSilence = () => {
      call.destroy();
      done(normalAnswer(0, [], [], "", true));
    };
    const listen = () => {
      clearTimeout(silence);
      const mayBeSilent = STREAMS.test(target) && linesOf(text) >= linesWanted;
      if (mayBeSilent) silence = setTimeout(() => onSilence(), SILENCE_MS);
    };
    const call = request({ ...options, agent: false }, (response) => {
      const end = (isOpen: boolean) => {
        clearTimeout(silence);
        const { statusCode = 0, rawHeaders, rawTrailers } = response;
        done(normalAnswer(statusCode, pairs(rawHeaders), pairs(rawTrailers), text, isOpen));
        if (isOpen) call.destroy();
      };
      onSilence = () => end(true);
      listen();
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        listen();
      });
      response.on("end", () => end(false));
      response.on("error", () => undefined);
    });
    call.on("error", (error) => {
      if (!call.destroyed) failed(error);
    });
    call.end(body);
    listen();
  });
}

/** Lines that are alike count as one, as in an answer that is compared. */
function linesOf(body: string): number {
  const lines = body.split("\n");
  return lines.filter((line, i) => line !== lines[i - 1]).length;
}

function pairs(raw: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) found.push([raw[i] as string, raw[i + 1] as string]);
  return found;
}
