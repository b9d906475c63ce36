import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { MemoryDisk } from "./memory-disk.ts";

/** An etcd that can be started here. */
export interface Release {
  /** "3.7.3" */
  readonly version: string;
  /** Where its `etcd` and `etcdctl` are; "": in PATH. */
  readonly folder: string;
}

const IN_PATH = "";

/** The version line of the `etcd` in PATH, or null if there is none. */
export function etcdVersion(): string | null {
  return versionLine(IN_PATH);
}

function versionLine(folder: string): string | null {
  const etcd = spawnSync(join(folder, "etcd"), ["--version"], { encoding: "utf8" });
  const etcdctl = spawnSync(join(folder, "etcdctl"), ["version"]);
  if (etcd.status !== 0 || etcdctl.status !== 0) return null;
  return etcd.stdout.split("\n")[0] ?? "";
}

/**
 * Every release that is here, the oldest first: the one in PATH, and those in folders of their own below
 * `real-etcd/` in the cache (`$XDG_CACHE_HOME`, by default `~/.cache`): `real-etcd/3.7.3/etcd` and
 * `…/etcdctl`.
 */
export function releases(): Release[] {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "real-etcd");
  const cached = existsSync(cache) ? readdirSync(cache).map((name) => join(cache, name)) : [];
  const found = new Map<string, Release>();
  for (const folder of [IN_PATH, ...cached]) {
    const version = /\d+\.\d+\.\d+/.exec(versionLine(folder) ?? "")?.[0];
    if (version !== undefined && !found.has(version)) found.set(version, { version, folder });
  }
  const inOrder = (a: Release, b: Release) =>
    a.version.localeCompare(b.version, "en", { numeric: true });
  return [...found.values()].sort(inOrder);
}

/** How often it is tried with other ports. */
const PORTS_TRIED = 5;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise<void>((done) => server.close(() => done()));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** How one etcd is started, as often as it is. */
interface Launch {
  readonly folder: string;
  readonly client: string;
  readonly args: readonly string[];
}

/** An etcd on loopback: alone, or a member of a cluster. */
export class RealEtcd {
  readonly #process: ChildProcess;
  readonly #launch: Launch;
  #log = "";

  private constructor(launch: Launch) {
    this.#launch = launch;
    this.#process = spawn(join(launch.folder, "etcd"), launch.args, {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process.stderr?.on("data", (chunk) => {
      this.#log += chunk;
    });
  }

  /** Starts the one in PATH and waits until it answers. */
  static start(dataDir: string, ...flags: string[]): Promise<RealEtcd> {
    return RealEtcd.startOf(IN_PATH, dataDir, ...flags);
  }

  /** The same with the one in `folder`. */
  static async startOf(folder: string, dataDir: string, ...flags: string[]): Promise<RealEtcd> {
    const [alone] = await RealEtcd.#together(folder, [["default", dataDir]], flags);
    return alone as RealEtcd;
  }

  /** A new cluster of members m1, m2 …, with data in folders of these names below `root`. */
  static cluster(
    folder: string,
    root: string,
    size: number,
    ...flags: string[]
  ): Promise<RealEtcd[]> {
    const names = Array.from({ length: size }, (_, i) => `m${i + 1}`);
    const members = names.map((name) => [name, join(root, name)] as const);
    return RealEtcd.#together(folder, members, flags);
  }

  static async #together(
    folder: string,
    members: readonly (readonly [name: string, dataDir: string])[],
    flags: readonly string[],
  ): Promise<RealEtcd[]> {
    for (let attempt = 1; ; attempt++) {
      const launches = await launchesOf(folder, members, flags);
      const started = launches.map((launch) => new RealEtcd(launch));
      const answers = await Promise.all(started.map((etcd) => etcd.answers()));
      if (answers.every((answered) => answered)) return started;
      await Promise.all(started.map((etcd) => etcd.stop()));
      const silent = started[answers.indexOf(false)] as RealEtcd;
      // A free port may be somebody else's by the time that it is used.
      const taken = started.some(({ log }) => log.includes("address already in use"));
      if (attempt < PORTS_TRIED && taken) continue;
      throw new Error(`etcd does not answer:\n${silent.log.slice(-4000)}`);
    }
  }

  /** Starts it again where it was, after it has ended; does not wait until it answers. */
  again(): RealEtcd {
    return new RealEtcd(this.#launch);
  }

  /** Waits until it answers; false: it has ended, or is silent. */
  async answers(): Promise<boolean> {
    for (let attempt = 0; attempt < 100 && this.alive; attempt++) {
      const { status, stdout, stderr } = this.#etcdctl(["endpoint", "health"]);
      // Where auth is on, who is asked for a user is answered.
      if (status === 0 || `${stdout}${stderr}`.includes("user name is empty")) return true;
      await new Promise((done) => setTimeout(done, 100));
    }
    return false;
  }

  /**
   * Waits until its cluster's version is this one, and since 3.6 its storage's, too ("3.5.0"; "": any that
   * was decided).
   */
  async clusterVersion(version = ""): Promise<void> {
    for (;;) {
      const response = await fetch(`${this.#launch.client}/version`);
      const { etcdcluster, storage } = (await response.json()) as {
        readonly etcdcluster: string;
        readonly storage?: string;
      };
      // 3.5 is told where nothing is written down.
      const stored = [undefined, etcdcluster].includes(storage);
      if (etcdcluster !== "not_decided" && stored && ["", etcdcluster].includes(version)) return;
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  /** Where clients reach it: `http://127.0.0.1:<port>`. */
  get endpoint(): string {
    return this.#launch.client;
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Waits until the process has ended and all that it said is read, but no longer than that. */
  async gone(atMostMs: number): Promise<void> {
    const closed = new Promise<void>((done) => this.#process.once("close", () => done()));
    if (!this.alive) return;
    await Promise.race([closed, new Promise((done) => setTimeout(done, atMostMs))]);
  }

  /** What it has said so far. */
  get log(): string {
    return this.#log;
  }

  ctl(args: readonly string[], input = ""): string {
    const result = this.#etcdctl(args, input);
    if (result.status !== 0) throw new Error(`etcdctl ${args.join(" ")}: ${result.stderr}`);
    return result.stdout;
  }

  #etcdctl(args: readonly string[], input = ""): SpawnSyncReturns<string> {
    return spawnSync(
      join(this.#launch.folder, "etcdctl"),
      ["--endpoints", this.#launch.client, ...args],
      {
        encoding: "utf8",
        input,
        env: { ...process.env, ETCDCTL_API: "3" },
      },
    );
  }

  /** Asks the process to end, and waits for it. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Ends it in the midst of what it does (`kill -9`). */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (!this.alive) return;
    const exited = new Promise<void>((done) => this.#process.once("exit", () => done()));
    this.#process.kill(signal);
    await exited;
  }
}

/** On free ports, which all of them know of. */
async function launchesOf(
  folder: string,
  members: readonly (readonly [name: string, dataDir: string])[],
  flags: readonly string[],
): Promise<Launch[]> {
  const urls: { readonly client: string; readonly peer: string }[] = [];
  for (const _ of members) {
    const [client, peer] = [await freePort(), await freePort()];
    urls.push({ client: `http://127.0.0.1:${client}`, peer: `http://127.0.0.1:${peer}` });
  }
  const all = members.map(([name], i) => `${name}=${urls[i]?.peer}`).join(",");
  return members.map(([name, dataDir], i) => {
    const { client, peer } = urls[i] as (typeof urls)[number];
    const args = [
      ["--name", name],
      ["--data-dir", dataDir],
      ["--listen-client-urls", client],
      ["--advertise-client-urls", client],
      ["--listen-peer-urls", peer],
      ["--initial-advertise-peer-urls", peer],
      ["--initial-cluster", all],
    ].flat();
    return { folder, client, args: [...args, ...flags] };
  });
}

/** The files of `directory` (not below it), under `name/` on a disk of ours. */
export function load(disk: MemoryDisk, directory: string, name: string, suffix: string): void {
  for (const file of readdirSync(directory)) {
    if (file.endsWith(suffix)) disk.put(`${name}/${file}`, readFileSync(join(directory, file)));
  }
}

/** Writes a disk's files below `root`. */
export function unload(disk: MemoryDisk, root: string): void {
  for (const [name, bytes] of disk.files) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}
