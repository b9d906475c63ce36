import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byValue, founderId } from "../../../src/member/membership/ids.ts";
import { freePorts } from "../../../src/testing/free-ports.ts";
import { Serving } from "../../serve/serving.ts";
import { pause } from "./etcdctl.ts";
import type { Area } from "./steps.ts";

/** Three members that etcdctl can talk to. */
export interface Side {
  readonly name: "etcd" | "detcd";
  /** Where clients reach m1, m2 and m3. */
  readonly endpoints: readonly string[];
  /** For files. */
  readonly folder: string;
  crash(member: number): void;
  /** Whether it is still there: a real one may fall over. */
  readonly alive: boolean;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const MEMBERS = [1, 2, 3];

/** The one that is judged. `bugs` are known mistakes that it makes. */
export async function startOurs(
  release: string,
  { quota }: Area,
  bugs: readonly string[],
): Promise<Side> {
  const port = await freePorts(HOST, MEMBERS.length);
  const serving = await Serving.start(
    {
      etcd: release,
      "client-url": `http://${HOST}:${port}`,
      ...(quota === undefined ? {} : { quota: `${quota}B` }),
      ...(bugs.length === 0 ? {} : { bugs }),
    },
    { port },
  );
  const folder = mkdtempSync(join(tmpdir(), "detcd-ctl-"));
  return {
    name: "detcd",
    endpoints: MEMBERS.map((id) => serving.server.endpoint(id)),
    folder,
    alive: true,
    crash: (member) => serving.server.pacer.take({ kind: "step", step: { crash: `m${member}` } }),
    stop: async () => {
      serving.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The judge: three processes of a real etcd. */
export async function startReal(binaries: string, { quota }: Area): Promise<Side> {
  const port = await freePorts(HOST, 2 * MEMBERS.length);
  const folder = mkdtempSync(join(tmpdir(), "etcd-ctl-"));
  const url = (i: number) => `http://${HOST}:${port + i}`;
  const clients = MEMBERS.map((_, i) => url(i));
  const peers = MEMBERS.map((_, i) => url(MEMBERS.length + i));
  const token = tokenInOurOrder(peers);
  const processes = MEMBERS.map((id, i) =>
    spawn(
      join(binaries, "etcd"),
      [
        ...["--name", `m${id}`, "--data-dir", join(folder, `m${id}`)],
        ...["--listen-client-urls", clients[i], "--advertise-client-urls", clients[i]],
        ...["--listen-peer-urls", peers[i], "--initial-advertise-peer-urls", peers[i]],
        ...["--initial-cluster", peers.map((peer, n) => `m${n + 1}=${peer}`).join(",")],
        ...["--initial-cluster-token", token],
        ...(quota === undefined ? [] : ["--quota-backend-bytes", String(quota)]),
      ] as string[],
      { stdio: ["ignore", "ignore", openSync(join(folder, `m${id}.log`), "w")] },
    ),
  );
  const crashed = new Set<ChildProcess>();
  const runs = (etcd: ChildProcess) => etcd.exitCode === null && etcd.signalCode === null;
  const side: Side = {
    name: "etcd",
    endpoints: clients,
    folder,
    get alive() {
      return processes.every(
        (etcd) => crashed.has(etcd) || etcd.exitCode === null || etcd.exitCode === 0,
      );
    },
    crash: (member) => {
      const etcd = processes[member - 1] as ChildProcess;
      crashed.add(etcd);
      etcd.kill("SIGKILL");
    },
    stop: async () => {
      const gone = processes.filter(runs).map((etcd) => {
        const ended = new Promise((done) => etcd.once("exit", done));
        etcd.kill("SIGKILL");
        return ended;
      });
      await Promise.all(gone);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    for (const endpoint of clients) await decided(endpoint, side);
    return side;
  } catch (error) {
    await side.stop();
    throw error;
  }
}

/** Until a member knows the cluster's version, some things are not to be had of it. */
async function decided(endpoint: string, side: Side): Promise<void> {
  for (let attempt = 0; attempt < 600 && side.alive; attempt++) {
    try {
      const versions = (await (await fetch(`${endpoint}/version`)).json()) as Record<
        string,
        string
      >;
      const { etcdcluster = "", storage = etcdcluster } = versions;
      if (/^\d/.test(etcdcluster) && storage === etcdcluster) return;
      // Before 3.6 the storage has no version of its own.
      if (/^3\.[45]\./.test(etcdcluster)) return;
    } catch {
      // It does not listen yet.
    }
    await pause(100);
  }
  throw new Error(`${endpoint} is no cluster; look at the logs in ${side.folder}`);
}

/**
 * A token under which the ids stand in the order of ours, so that lists which are ordered by them can be
 * compared line by line.
 */
function tokenInOurOrder(peers: readonly string[]): string {
  const order = (urls: readonly string[], token: string) =>
    urls
      .map((url, i) => ({ i, id: founderId([url], token) }))
      .toSorted((a, b) => byValue(a.id, b.id))
      .map(({ i }) => i)
      .join();
  const ours = order(
    MEMBERS.map((id) => `http://m${id}:2380`),
    "etcd-cluster",
  );
  for (let n = 1; ; n++) if (order(peers, `t${n}`) === ours) return `t${n}`;
}
