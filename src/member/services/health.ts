import { rangeRequest } from "../../api/build.ts";
import { type ApiError, Errors } from "../../api/errors.ts";
import {
  HEALTH_CHECKS,
  type HealthCheck,
  type HealthRequest,
  type HealthResponse,
} from "../../api/health-requests.ts";
import type { ServerContext } from "../rpc/server-context.ts";
import { healthBody, healthOf } from "./health-body.ts";

/** How a context says that its time is over, as Go words it. */
const DEADLINE: ApiError = Object.freeze({
  code: "DeadlineExceeded",
  message: "context deadline exceeded",
});

/** null: it is well; else what is wrong, in etcd's words. */
type Verdict = string | null;

/** What probes ask over HTTP: /health, and /livez and /readyz since 3.5 (etcdhttp/health.go). */
export class HealthService {
  private readonly context: ServerContext;

  constructor(context: ServerContext) {
    this.context = context;
  }

  handle(callId: number, request: HealthRequest): void {
    if (request.endpoint === "health") this.health(callId, request);
    else this.checks(callId, request.endpoint, request);
  }

  // ---- /health -------------------------------------------------------------------------------

  private health(callId: number, { exclude, serializable }: HealthRequest): void {
    const { context } = this;
    const alarms = context.machine.alarms.get("NONE");
    const hasLeader = context.lead !== 0;
    const question = { alarms, exclude, hasLeader, serializable };
    const judge = (readError: ApiError | null) => {
      const found = healthOf({ ...question, readError });
      const body = healthBody(found, context.config.profile);
      if (found.health) this.respond(callId, 200, body);
      else this.respond(callId, 503, `${body}\n`);
    };
    // What is wrong anyway needs no read.
    if (serializable || !healthOf({ ...question, readError: null }).health) {
      judge(this.readError());
      return;
    }
    // It waits for a request's time at most: its context is a little older than its question.
    const deadline = context.now + context.timeoutUs;
    context.upToDate(
      () => judge(this.readError()),
      (error) => judge(context.now >= deadline && error === Errors.timeout ? DEADLINE : error),
    );
  }

  /** What comes of the read of one key, of which there is none. */
  private readError(): ApiError | null {
    const request = rangeRequest("", { keysOnly: true, limit: 1 });
    // The member reads for itself: whoever asks needs no permission.
    const { context } = this;
    return context.machine.read(context.asRoot(), { type: "range", request }).error;
  }

  // ---- /livez and /readyz --------------------------------------------------------------------

  private checks(
    callId: number,
    endpoint: "livez" | "readyz",
    { check, exclude, verbose }: HealthRequest,
  ): void {
    const known: readonly HealthCheck[] = HEALTH_CHECKS[endpoint];
    // What is excluded is left out of the whole only.
    const asked = known.filter((name) =>
      check === null ? !exclude.includes(name) : name === check,
    );
    const { hasProbes } = this.context.config.profile;
    if (!hasProbes || (check !== null && asked.length === 0)) {
      this.respond(callId, 404, "404 page not found\n");
      return;
    }
    const found: string[] = [];
    const next = ([name, ...others]: readonly HealthCheck[]): void => {
      if (name === undefined) this.respondList(callId, found, verbose);
      else {
        this.check(callId, name, (verdict) => {
          found.push(verdict === null ? `[+]${name} ok\n` : `[-]${name} failed: ${verdict}\n`);
          next(others);
        });
      }
    };
    next(asked);
  }

  /** One after the other, as etcd does. */
  private check(callId: number, name: HealthCheck, then: (verdict: Verdict) => void): void {
    const { context } = this;
    switch (name) {
      case "data_corruption": {
        const corrupt = context.machine.alarms.has("CORRUPT");
        then(corrupt ? "alarm activated: CORRUPT" : null);
        return;
      }
      case "serializable_read":
        then(this.readError()?.message ?? null);
        return;
      case "linearizable_read":
        context.confirm(
          callId,
          () => then(this.readError()?.message ?? null),
          ({ message }) => then(message),
        );
        return;
      case "non_learner":
        then(
          context.machine.configuration.isLearner(context.config.id)
            ? "not supported for learner"
            : null,
        );
    }
  }

  private respondList(callId: number, found: readonly string[], verbose: boolean): void {
    const list = found.join("");
    if (found.some((line) => line.startsWith("[-]"))) this.respond(callId, 503, `${list}\n`);
    else this.respond(callId, 200, `${verbose ? list : ""}ok\n`);
  }

  private respond(callId: number, status: HealthResponse["status"], body: string): void {
    const { context } = this;
    context.succeed(callId, {
      type: "health",
      response: { header: context.header(), status, body },
    });
  }
}
