/** A run, as far as what its workload does with the host is concerned. */
export interface HostedRun {
  /** Nothing of the workload counts any more. */
  readonly over: boolean;
  /** The wall clock that its workload sees: milliseconds since the Unix epoch, with fractions. */
  wallMs(): number;
  /** Milliseconds since the run began, with fractions. */
  sinceStartMs(): number;
  /** Chance where the host's is asked for: uniform in [0, 2^32). */
  ambientChance(): number;
  /** Ends the run: the workload did what can't be the same twice. */
  refuse(error: Error): void;
  /** A promise of the workload was rejected, and nobody waits for it. */
  unhandled(reason: unknown): void;
}
