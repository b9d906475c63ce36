import { request } from "node:http";
import type { Exchange } from "../exchanges.ts";
import { type Answer, normalAnswer } from "./answer.ts";

/** How long nothing must come on a stream for us to believe that nothing will. */
const SILENCE_MS = 700;

/** What a server at `endpoint` answers. */
export function askReal(
  endpoint: string,
  { method = "POST", target, body, headers = {} }: Exchange,
): Promise<Answer> {
  return new Promise((done, failed) => {
    const { hostname, port } = new URL(endpoint);
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const options = { hostname, port, method, path: target, headers: { ...length, ...headers } };
    let text = "";
    let silence = setTimeout(() => {
      call.destroy();
      done(normalAnswer(0, [], [], "", true));
    }, 2 * SILENCE_MS);
    const call = request({ ...options, agent: false }, (response) => {
      const end = (isOpen: boolean) => {
        clearTimeout(silence);
        const { statusCode = 0, rawHeaders, rawTrailers } = response;
        done(normalAnswer(statusCode, pairs(rawHeaders), pairs(rawTrailers), text, isOpen));
        if (isOpen) call.destroy();
      };
      const wait = () => {
        clearTimeout(silence);
        silence = setTimeout(() => end(true), SILENCE_MS);
      };
      wait();
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        wait();
      });
      response.on("end", () => end(false));
      response.on("error", () => undefined);
    });
    call.on("error", (error) => {
      if (!call.destroyed) failed(error);
    });
    call.end(body);
  });
}

function pairs(raw: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) found.push([raw[i] as string, raw[i + 1] as string]);
  return found;
}
