/**
 * How a call ended: `ok`: with a response; `fail`: it certainly did nothing; `ambiguous`: it may have had
 * its effect, or may yet.
 */
export type Ending = "ok" | "fail" | "ambiguous";

/**
 * What a call has come to.
 *
 * @public
 */
export type Outcome = "pending" | Ending;
