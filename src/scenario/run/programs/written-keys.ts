import type { RequestOp, ServiceRequest } from "../../../api/requests.ts";

/** Whether a request may write to, or delete, keys that begin so. */
export function writesBelow(request: ServiceRequest | RequestOp, prefix: string): boolean {
  switch (request.type) {
    case "put":
      return request.request.key.startsWith(prefix);
    case "deleteRange": {
      const { key, rangeEnd } = request.request;
      if (rangeEnd === "") return key.startsWith(prefix);
      const isBefore = rangeEnd !== "\0" && rangeEnd <= prefix;
      return !isBefore && (key <= prefix || key.startsWith(prefix));
    }
    case "txn": {
      const { success, failure } = request.request;
      return [...success, ...failure].some((operation) => writesBelow(operation, prefix));
    }
    default:
      return false;
  }
}
