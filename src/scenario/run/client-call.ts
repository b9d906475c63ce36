import type { ServiceRequest, ServiceResponse } from "../../api/requests.ts";
import type { Instant } from "../../base/time.ts";
import type { Outcome } from "../../client/outcome.ts";
import { formatDuration } from "../read/duration.ts";

/** What a probe found; `reason` is "" if all is well. */
export interface Health {
  readonly healthy: boolean;
  readonly reason: string;
}

/** What a client asked for, by one call or by a program it runs, and what it came to. */
export class ClientCall {
  readonly client: number;
  /** For the reader: `grant a lease of 10 s`. */
  readonly text: string;
  /** Null: a program. */
  readonly request: ServiceRequest | null;
  readonly invokedAt: Instant;
  /** The number of the step that asked for it. */
  readonly step: number;
  outcome: Outcome = "pending";
  /** etcd's message, or what stopped the program; empty if nothing did. */
  error = "";
  /** Of a call that was answered; of a program, the answer that it is about. */
  response: ServiceResponse | null = null;
  /** Of a probe that was answered. */
  health: Health | null = null;
  completedAt: Instant = 0;

  constructor(
    client: number,
    text: string,
    request: ServiceRequest | null,
    invokedAt: Instant,
    step: number,
  ) {
    this.client = client;
    this.text = text;
    this.request = request;
    this.invokedAt = invokedAt;
    this.step = step;
  }
}

/** `put a=1 of client 1 is acknowledged after 2ms`. */
export function callText({
  text,
  outcome,
  client,
  error,
  invokedAt,
  completedAt,
}: ClientCall): string {
  const how =
    outcome === "ok"
      ? `acknowledged after ${formatDuration(completedAt - invokedAt)}`
      : outcome === "pending"
        ? "pending"
        : `${outcome}${error === "" ? "" : ` (${error})`}`;
  return `${text} of client ${client} is ${how}`;
}
