import { cpus } from "node:os";
import {
  checkedPutsBench,
  checkersBench,
  experimentBench,
  idleBench,
  monitorBench,
  putsBench,
} from "./cluster.ts";
import { type Bench, measure, type Result } from "./measure.ts";
import {
  mvccCompactionBench,
  mvccPutBench,
  mvccRangeBench,
  mvccTxnBench,
  watchBenches,
} from "./mvcc.ts";
import { queueBench } from "./queue.ts";
import { raftBench } from "./raft.ts";

/**
 * npm run bench [-- --json] [-- --check] [-- words that are all in the names to run]
 * With --check it exits with 1 if a target was missed.
 * Each bench is made only when its turn comes, so that one does not warm or clutter another.
 */
const BENCHES: readonly (() => Bench)[] = [
  () => raftBench(3, 1, 16, 150_000),
  () => raftBench(3, 1, 256),
  () => raftBench(3, 64, 16, 250_000),
  () => raftBench(3, 64, 256),
  () => raftBench(5, 1, 16, 80_000),
  () => raftBench(5, 1, 256),
  () => raftBench(5, 64, 16),
  () => raftBench(5, 64, 256),
  () => queueBench(100),
  () => queueBench(300),
  () => queueBench(1_000),
  () => mvccPutBench(),
  () => mvccRangeBench(1, 500_000),
  () => mvccRangeBench(100, 50_000),
  () => mvccTxnBench(),
  () => mvccCompactionBench(),
  ...watchBenches(),
  () => idleBench(3),
  () => idleBench(5, 25_000),
  () => experimentBench(20),
  () => putsBench(1),
  () => putsBench(64, 40_000),
  () => checkedPutsBench(64, 25_000),
  () => monitorBench(25),
  () => checkersBench(100),
];

const words = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const json = process.argv.includes("--json");
const check = process.argv.includes("--check");

function missed({ target, median, measure: of }: Result): boolean {
  if (target === null) return false;
  return of === "per second" ? median < target : median > target;
}

function row(result: Result): string {
  const number = (n: number): string =>
    n.toLocaleString("en-US", { maximumFractionDigits: n < 100 ? 1 : 0 });
  const unit = result.measure === "per second" ? `${result.unit}/s` : result.measure;
  const target = result.target === null ? "" : `target ${number(result.target)}`;
  const range = `${number(result.worst)} … ${number(result.best)}`;
  return `${result.name.padEnd(54)} ${number(result.median).padStart(12)} ${unit.padEnd(14)} ${range.padEnd(26)} ${target}`;
}

const results: Result[] = [];
for (const make of BENCHES) {
  const bench = make();
  if (!words.every((word) => bench.name.includes(word))) continue;
  const result = measure(bench);
  results.push(result);
  if (!json) console.log(row(result));
}
const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };
if (json) console.log(JSON.stringify({ machine, results }, null, 2));
else console.log(`\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; medians`);

if (results.length === 0) {
  console.error(`no bench has ${words.map((word) => `"${word}"`).join(" and ")} in its name`);
  process.exitCode = 2;
}
if (check) {
  const late = results.filter(missed);
  for (const { name } of late) console.error(`missed its target: ${name}`);
  if (late.length > 0) process.exitCode = 1;
}
