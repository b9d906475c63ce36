import type { ServiceResponse } from "../../api/requests.ts";
import type { Instant } from "../../base/time.ts";
import type { Outcome } from "../../client/outcome.ts";
import type { ClientOperation } from "../../sim/operation.ts";
import { formatDuration } from "../read/duration.ts";

/** What a probe found; `reason` is "" if all is well. */
export interface Health {
  readonly healthy: boolean;
  readonly reason: string;
}

/** What a client asked for through its library, or a program it runs, and what it came to. */
export class ClientCall {
  readonly client: number;
  /** For the reader: `grant a lease of 10 s`. */
  readonly text: string;
  readonly invokedAt: Instant;
  outcome: Outcome = "pending";
  /** etcd's message, or what stopped the program; empty if nothing did. */
  error = "";
  /** Of a call that was answered; of a program, the answer that it is about. */
  response: ServiceResponse | null = null;
  /** Of a probe that was answered. */
  health: Health | null = null;
  completedAt: Instant = 0;

  constructor(client: number, text: string, invokedAt: Instant) {
    this.client = client;
    this.text = text;
    this.invokedAt = invokedAt;
  }

  end(outcome: Outcome, error: string, at: Instant): void {
    this.outcome = outcome;
    this.error = error;
    this.completedAt = at;
  }
}

/** What `as:` names: one of the simple operations, or anything else a client asks for. */
export type Named = ClientOperation | ClientCall;

function request(named: Named): string {
  if (named instanceof ClientCall) return named.text;
  const { request: spec } = named;
  return spec.type === "put" ? `put ${spec.key}=${spec.value}` : `${spec.type} ${spec.key}`;
}

/** `put a=1 of client 1 is acknowledged after 2ms`. */
export function namedText(named: Named): string {
  const { outcome, client, error } = named;
  const how =
    outcome === "ok"
      ? `acknowledged after ${formatDuration(named.completedAt - named.invokedAt)}`
      : outcome === "pending"
        ? "pending"
        : `${outcome}${error === "" ? "" : ` (${error})`}`;
  return `${request(named)} of client ${client} is ${how}`;
}
