/**
 * How long a test may take, in real milliseconds. Nearly all are synchronous, so that a limit can't
 * end one that hangs; it can only fail right code that a busy machine made wait. Hence its size.
 */
export const TIME_LIMIT_MS = 300_000;

/** The limit of a property: some ten milliseconds a run, and a busy machine may take a hundred times as long. */
export function timeLimitMs(runs: number): number {
  return TIME_LIMIT_MS + runs * 1_000;
}
