import { op } from "../../api/build.ts";
import { Errors } from "../../api/errors.ts";
import { type Duration, MILLISECOND, SECOND } from "../../base/time.ts";
import { isTransient } from "../certainty.ts";
import { CallError, type CallOptions, type Client } from "../client.ts";
import type { Task } from "../task.ts";

export interface EndpointHealth {
  readonly healthy: boolean;
  /** As etcdctl prints it; "" if it is healthy. */
  readonly error: string;
}

/** etcdctl's --command-timeout. */
const COMMAND_TIMEOUT_US: Duration = 5 * SECOND;
/** Between two attempts at an endpoint that fails (client/v3/options.go defaultBackoffWaitBetween). */
const PAUSE_US: Duration = 25 * MILLISECOND;

/** How Go words the end of a call's time. */
const TOO_LATE = "context deadline exceeded";

const LIST = { type: "alarm", request: { action: "GET", memberId: 0n, alarm: "NONE" } } as const;

/**
 * `etcdctl endpoint health` of one member (etcdctl/ctlv3/command/ep_command.go, 3.6): healthy if a
 * linearizable get of a key is answered, be it that this client may not read it, and no alarm is on.
 */
export function* endpointHealth(
  client: Client,
  member: number,
  timeoutUs: Duration = COMMAND_TIMEOUT_US,
): Task<EndpointHealth> {
  const deadline = client.now + timeoutUs;
  try {
    yield* insist(client, op.get("health"), member, deadline);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error.message !== Errors.permissionDenied.message) return unhealthy(error.message);
  }
  try {
    const { alarms } = yield* insist(client, LIST, member, deadline);
    if (alarms.length === 0) return { healthy: true, error: "" };
    const names = alarms.map(({ alarm }) => (alarm === "NONE" ? "UNKNOWN" : alarm));
    return unhealthy(`Active Alarm(s): ${names.join(" ")} `);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return unhealthy("Unable to fetch the alarm list");
  }
}

function unhealthy(error: string): EndpointHealth {
  return { healthy: false, error };
}

/** Asks this member alone, again and again while it fails in passing, until it is too late. */
function* insist<R extends typeof LIST | ReturnType<typeof op.get>>(
  client: Client,
  request: R,
  to: number,
  deadline: number,
) {
  for (;;) {
    const left = deadline - client.now;
    if (left <= 0) throw new CallError({ code: "DeadlineExceeded", message: TOO_LATE }, "fail");
    const options: CallOptions = { to, pin: true, timeoutUs: left };
    try {
      return yield* client.do(request, options);
    } catch (error) {
      if (!(error instanceof CallError) || !isTransient(error.reason)) throw error;
    }
    yield* client.sleep(Math.min(PAUSE_US, Math.max(1, deadline - client.now)));
  }
}
