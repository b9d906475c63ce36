import type { ServiceRequest, ServiceResponse } from "../service-requests.ts";
import type { Message } from "./message.ts";
import { METHODS } from "./method-table.ts";

/** No response that a simulated cluster gives is larger: it has not got so many bytes. */
const NO_LIMIT = 2 ** 31 - 1;

/** How many bytes a call's request takes on the wire if that is more than `limit`, else 0. */
export function requestSizeAbove({ type, request }: ServiceRequest, limit: number): number {
  if (type === "health") return 0;
  const size = (METHODS[type].request as Message<unknown>).size(request);
  return size > limit ? size : 0;
}

/** The same of its response. A snapshot comes in pieces, which are within any limit. */
export function responseSizeAbove({ type, response }: ServiceResponse, limit: number): number {
  if (limit >= NO_LIMIT || type === "health" || type === "snapshot") return 0;
  const size = (METHODS[type].response as Message<unknown>).size(response);
  return size > limit ? size : 0;
}
