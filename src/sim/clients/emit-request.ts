import type { ServiceRequest } from "../../api/requests.ts";
import type { Observed } from "../../client/ports.ts";
import { Layer } from "../../trace/events.ts";
import type { ClientWorld } from "./client-world.ts";
import { callText } from "./operation-summary.ts";

/** A client's request is taken in by a member. Returns the seq of the event; 0: nobody listens. */
export function emitRequest(
  { trace, clock }: ClientWorld,
  member: number,
  client: number,
  { id: op, cause }: Observed,
  request: ServiceRequest,
): number {
  if ((trace.layers & Layer.Step) === 0) return 0;
  // Whether somebody reads the texts of the trace.
  const detail = (trace.layers & Layer.Detail) !== 0;
  return trace.emit({
    seq: 0,
    at: clock.now,
    member,
    cause,
    kind: "request",
    client,
    op,
    text: detail ? callText(request) : "",
  });
}
