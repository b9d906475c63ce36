import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import type { MemoryDisk } from "./memory-disk.ts";

/** The version line of the `etcd` in PATH, or null if there is none. */
export function etcdVersion(): string | null {
  const result = spawnSync("etcd", ["--version"], { encoding: "utf8" });
  if (result.status !== 0 || spawnSync("etcdctl", ["version"]).status !== 0) return null;
  return result.stdout.split("\n")[0] ?? "";
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

/** A single etcd on loopback. */
export class RealEtcd {
  readonly #process: ChildProcess;
  readonly #client: string;
  #log = "";

  private constructor(process: ChildProcess, client: string) {
    this.#process = process;
    this.#client = client;
    process.stderr?.on("data", (chunk) => {
      this.#log += chunk;
    });
  }

  /** Starts it and waits until it answers. */
  static async start(dataDir: string, ...flags: string[]): Promise<RealEtcd> {
    for (let attempt = 1; ; attempt++) {
      const etcd = await RealEtcd.#launch(dataDir, flags);
      if (await etcd.#answers()) return etcd;
      await etcd.stop();
      // A free port may be somebody else's by the time that it is used.
      if (attempt < PORTS_TRIED && etcd.#log.includes("address already in use")) continue;
      throw new Error(`etcd does not answer:\n${etcd.#log.slice(-4000)}`);
    }
  }

  static async #launch(dataDir: string, flags: readonly string[]): Promise<RealEtcd> {
    const client = `http://127.0.0.1:${await freePort()}`;
    const peer = `http://127.0.0.1:${await freePort()}`;
    const args = [
      ["--name", "default"],
      ["--data-dir", dataDir],
      ["--listen-client-urls", client],
      ["--advertise-client-urls", client],
      ["--listen-peer-urls", peer],
      ["--initial-advertise-peer-urls", peer],
      ["--initial-cluster", `default=${peer}`],
    ].flat();
    const process = spawn("etcd", [...args, ...flags], { stdio: ["ignore", "ignore", "pipe"] });
    return new RealEtcd(process, client);
  }

  async #answers(): Promise<boolean> {
    for (let attempt = 0; attempt < 100 && this.alive; attempt++) {
      const health = spawnSync("etcdctl", ["--endpoints", this.#client, "endpoint", "health"], {
        env: { ...process.env, ETCDCTL_API: "3" },
      });
      if (health.status === 0) return true;
      await new Promise((done) => setTimeout(done, 100));
    }
    return false;
  }

  /** Where clients reach it: `http://127.0.0.1:<port>`. */
  get endpoint(): string {
    return this.#client;
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
    const result = spawnSync("etcdctl", ["--endpoints", this.#client, ...args], {
      encoding: "utf8",
      input,
      env: { ...process.env, ETCDCTL_API: "3" },
    });
    if (result.status !== 0) throw new Error(`etcdctl ${args.join(" ")}: ${result.stderr}`);
    return result.stdout;
  }

  /** Asks the process to end, and waits for it. */
  async stop(): Promise<void> {
    if (!this.alive) return;
    const exited = new Promise<void>((done) => this.#process.once("exit", () => done()));
    this.#process.kill("SIGTERM");
    await exited;
  }
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
