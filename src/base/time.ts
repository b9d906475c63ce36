/**
 * Virtual time: an integer number of microseconds since the start of the run.
 * A plain number (safe integer): 2^53 µs is 285 years.
 *
 * @public
 */
export type Instant = number & { readonly __unit?: "virtual µs" };

/**
 * A length of virtual time in integer microseconds.
 *
 * @public
 */
export type Duration = number & { readonly __unit?: "µs" };

/**
 * Later than every instant and longer than every duration: of what does not happen, and of time-outs
 * that never end. Infinite, so that a sum with it is NEVER, too.
 */
export const NEVER: number = Number.POSITIVE_INFINITY;

export const MICROSECOND = 1;
/**
 * A {@link Duration}: in µs.
 *
 * @public
 */
export const MILLISECOND = 1_000;
/**
 * A {@link Duration}: in µs.
 *
 * @public
 */
export const SECOND = 1_000_000;
export const MINUTE = 60_000_000;

/**
 * What a wall clock shows: integer microseconds since the Unix epoch. It may jump either way, so
 * that nothing is to be measured with it; kept apart from an Instant by its type.
 */
export type WallTime = number & { readonly __unit?: "µs since the Unix epoch" };

/**
 * Parts per million: the integer form of every probability, so that no float decides a draw.
 *
 * @public
 */
export type Ppm = number;
