import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { LiveRun } from "../live/live-run.ts";
import { servedScenario } from "../serve/cluster-of.ts";
import { SessionRecorder } from "../serve/recorder.ts";
import { Server } from "../serve/server.ts";
import { freePorts } from "./free-ports.ts";
import { type ClusterSetting, TestCluster } from "./test-cluster.ts";

/** Where the sessions of failed tests are kept, below the working folder. */
const FOLDER = "detcd-sessions";

/** A cluster, and what is left to do at its end. */
interface Started {
  readonly cluster: TestCluster;
  /** Keeps the session, and says how to look at it. */
  readonly keep: () => string;
}

/**
 * Starts a cluster, and has elected a leader. To be stopped by {@link TestCluster.stop}. Throws InputError where the
 * setting makes no sense.
 *
 * @public
 */
export async function startCluster(setting: ClusterSetting = {}): Promise<TestCluster> {
  const { cluster, keep } = await start(setting);
  setting.onTestFailed?.(() => process.stderr.write(`${keep()}\n`));
  return cluster;
}

/**
 * Starts a cluster for one test, and stops it afterwards. Where the test fails, its session is kept and the error says
 * which command replays it.
 *
 * @public
 */
export async function withCluster<T>(
  setting: ClusterSetting,
  test: (cluster: TestCluster) => Promise<T>,
): Promise<T> {
  const { cluster, keep } = await start(setting);
  try {
    return await test(cluster);
  } catch (error) {
    await cluster.stop();
    if (error instanceof Error) error.message += `\n\n${keep()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}

let sessions = 0;

/** What is to be gone when the process ends: whether a test has failed may be known only long after it. */
const temporary = new Set<string>();
process.once("exit", () => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

async function start(setting: ClusterSetting): Promise<Started> {
  const { members = 3, etcd, seed = 1, time = "by-hand", host = "127.0.0.1" } = setting;
  const port = setting.port ?? (await freePorts(host, members));
  const data = servedScenario({
    ...{ seed, scenario: null },
    cluster: {
      ...{ members, "client-url": `http://${host}:${port}` },
      ...(etcd === undefined ? {} : { etcd }),
      ...setting.cluster,
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "detcd-"));
  temporary.add(folder);
  const file = join(folder, "session.ndjson");
  const recorder = new SessionRecorder(file, data);
  const run = new LiveRun(data, [recorder.digest]);
  run.onInput = (at, input) => recorder.input(at, input);
  const pace = time === "by-hand" ? { speed: 1, byHand: true } : { speed: time, byHand: false };
  const server = new Server(run, { host, port, pace, tls: null }, (error) => {
    throw error;
  });
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    server.stop();
    recorder.end(run.now);
  };
  let kept: string | null = null;
  const keep = () => {
    end();
    if (kept === null) {
      kept = resolve(FOLDER, `session-${process.pid}-${++sessions}.ndjson`);
      mkdirSync(FOLDER, { recursive: true });
      copyFileSync(file, kept);
    }
    return `see what happened: detcd replay ${relative(process.cwd(), kept)}`;
  };
  await server.start();
  return { cluster: new TestCluster(server, data, end), keep };
}
