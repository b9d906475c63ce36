import type { Instant } from "../base/time.ts";
import type { Outcome } from "../client/outcome.ts";

export type ClientRequestSpec =
  | { readonly type: "put"; readonly key: string; readonly value: string }
  | { readonly type: "get"; readonly key: string; readonly serializable: boolean }
  | { readonly type: "delete"; readonly key: string };

export interface ClientOperation {
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
