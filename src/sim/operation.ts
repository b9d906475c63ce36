import type { Instant } from "../base/time.ts";

/** What an operation of a simulated client ended with. */
export type Outcome = "pending" | "ok" | "fail" | "ambiguous";
export type ClientRequestSpec =
  | { readonly type: "put"; readonly key: string; readonly value: string }
  | { readonly type: "get"; readonly key: string; readonly serializable: boolean }
  | { readonly type: "delete"; readonly key: string };

export interface ClientOperation {
  readonly op: number;
  readonly client: number;
  readonly request: ClientRequestSpec;
  outcome: Outcome;
  /** The reply; null while pending or when there was none. */
  result: {
    revision: number;
    value?: string | null;
    modRevision?: number;
    deleted?: number;
  } | null;
  error: string;
  invokedAt: Instant;
  completedAt: Instant;
}
