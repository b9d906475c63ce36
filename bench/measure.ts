/** One measurement: `run` does `operations` of something and is repeated; the median counts. */
export interface Bench {
  readonly name: string;
  /** What one operation is, in the plural: `proposals`. */
  readonly unit: string;
  /** What the project wants to reach, in the measure's own unit; absent if nothing was promised. */
  readonly target?: number;
  /**
   * `per second` (more is better), `ms` (one whole run; less is better), or `%`: what something
   * costs on top of something else (less is better), which `run` itself measures.
   */
  readonly measure: "per second" | "ms" | "%";
  /** How often it is repeated at least; default 5. */
  readonly runs?: number;
  /** Does the work once and returns how many operations it was, or the percentage. */
  run(): number;
}

export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly measure: Bench["measure"];
  readonly median: number;
  readonly best: number;
  readonly worst: number;
  readonly runs: number;
  readonly target: number | null;
}

const WARM_UP_MS = 300;
const MEASURE_MS = 1_500;
const RUNS_MIN = 5;

/** Warms the code up, then repeats it for about a second and a half, at least five times unless it says more. */
export function measure(bench: Bench): Result {
  const warm = performance.now() + WARM_UP_MS;
  do bench.run();
  while (performance.now() < warm);
  const values: number[] = [];
  const end = performance.now() + MEASURE_MS;
  const runsMin = bench.runs ?? RUNS_MIN;
  while (values.length < runsMin || performance.now() < end) {
    const from = performance.now();
    const operations = bench.run();
    const ms = performance.now() - from;
    if (bench.measure === "%") values.push(operations);
    else values.push(bench.measure === "ms" ? ms : (operations / ms) * 1_000);
  }
  values.sort((a, b) => a - b);
  const low = values[0] as number;
  const high = values[values.length - 1] as number;
  return {
    name: bench.name,
    unit: bench.unit,
    measure: bench.measure,
    median: values[values.length >> 1] as number,
    best: bench.measure === "per second" ? high : low,
    worst: bench.measure === "per second" ? low : high,
    runs: values.length,
    target: bench.target ?? null,
  };
}
