import { bytesToBinary } from "../../base/bytes.ts";
import { answer, type HttpAnswer, type HttpRequest, JSON_TYPE } from "../http.ts";
import { GoDecoder, type JsonNode } from "../json/go-decoder.ts";
import { JsonError } from "../json/json-error.ts";
import { jsonString } from "../json/json-string.ts";
import { goString } from "../json/text.ts";

/** As github.com/coreos/pkg/capnslog knows them, and by one letter or figure. */
const LEVELS = /^(?:CRITICAL|C|ERROR|0|E|WARNING|1|W|NOTICE|2|N|INFO|3|I|DEBUG|4|D|TRACE|5|T)$/;

/** `PUT /config/local/log` of 3.4: what is told of it is all that there is to see. */
export function logLevel({ body }: HttpRequest): HttpAnswer {
  const level = levelOf(bytesToBinary(body));
  if (level === null) return problem("Invalid json body");
  return LEVELS.test(level.toUpperCase())
    ? answer(204, [], "")
    : problem(`Invalid log level ${level}`);
}

function problem(message: string): HttpAnswer {
  return answer(400, [JSON_TYPE], `{"message":${jsonString(message, true)}}`);
}

/** null: there is none to be read. */
function levelOf(text: string): string | null {
  const root = rootOf(text);
  if (root?.kind !== "object") return root?.kind === "null" ? "" : null;
  const found = root.members.findLast(({ name }) => goString(text, name).toLowerCase() === "level");
  if (found === undefined || found.value.kind === "null") return "";
  return found.value.kind === "string" ? goString(text, found.value) : null;
}

function rootOf(text: string): JsonNode | null {
  try {
    return new GoDecoder(text).next();
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}
