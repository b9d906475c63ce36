import type { ApiError } from "./errors.ts";

/**
 * What comes back for a request. `response` is null on an error, and where success has nothing to say
 * (an operator's command, an entry that changes no data).
 */
export interface Reply<R> {
  readonly response: R | null;
  readonly error: ApiError | null;
}
