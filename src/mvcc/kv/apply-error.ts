import { type ApiError, Errors } from "../../api/errors.ts";
import { RevisionError } from "../revision-error.ts";

/** A request that can't be applied: carries what its client is told. */
export class ApplyError extends Error {
  override name = "ApplyError";
  readonly error: ApiError;

  constructor(error: ApiError) {
    super(error.message);
    this.error = error;
  }
}

/** What a client is told of an exception of the store or of the appliers; anything else is thrown on. */
export function apiErrorOf(thrown: unknown): ApiError {
  if (thrown instanceof ApplyError) return thrown.error;
  if (thrown instanceof RevisionError) {
    return thrown.problem === "compacted" ? Errors.compacted : Errors.futureRevision;
  }
  throw thrown;
}
