import {
  checkedPutsBench,
  checkersBench,
  experimentBench,
  idleBench,
  monitorBench,
  putsBench,
} from "./cluster.ts";
import { casesBench, episodeBench } from "./fuzz.ts";
import type { Bench } from "./measure.ts";
import {
  mvccCompactionBench,
  mvccPutBench,
  mvccRangeBench,
  mvccTxnBench,
  watchBenches,
} from "./mvcc.ts";
import { queueBench } from "./queue.ts";
import { raftBench } from "./raft.ts";
import { screenDrawBench, screenLoadBench } from "./screen.ts";

/** Each bench is made only when its turn comes, so that one does not warm or clutter another. */
export const BENCHES: readonly (() => Bench)[] = [
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
  () => casesBench(50),
  () => episodeBench(),
  () => screenLoadBench(200_000),
  () => screenDrawBench(200_000),
  () => screenDrawBench(200_000, "store"),
];
