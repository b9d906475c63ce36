import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { freePorts } from "../../src/testing/free-ports.ts";
import { releases } from "../../test/support/real-etcd.ts";

/**
 * npm run bench:serve: puts and gets a second of Go clients, on `detcd serve` (the built package) and on a real etcd of
 * three members, with fsync and without, in turn on the same machine. What is not here (Go, the module, an etcd) is
 * left out, and said. Only ratios of one run mean something.
 */
const ROOT = resolve(import.meta.dirname, "../..");
const CLIENT = "v3.7.3";
const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
  },
});

interface Cluster {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly processes: readonly ChildProcess[];
}

const folder = mkdtempSync(join(tmpdir(), "detcd-bench-serve-"));

function loader(): string | null {
  cpSync(join(import.meta.dirname, "main.go"), join(folder, "main.go"));
  const require = `require go.etcd.io/etcd/client/v3 ${CLIENT}`;
  writeFileSync(join(folder, "go.mod"), `module bench\n\ngo 1.25\n\n${require}\n`);
  try {
    const env = { ...process.env, GOFLAGS: "-mod=mod" };
    execFileSync("go", ["build", "-o", "load", "."], { cwd: folder, env, stdio: "pipe" });
    return join(folder, "load");
  } catch {
    return null;
  }
}

async function ours(): Promise<Cluster> {
  const port = await freePorts("127.0.0.1", 3);
  const main = join(ROOT, "dist/cli/main.js");
  if (!existsSync(main)) throw new Error("build the package first: npm run build");
  const process_ = spawn(process.execPath, [main, "serve", "--port", String(port)]);
  await new Promise<void>((ready) => {
    process_.stdout.on("data", (text) => {
      if (/^ready/m.test(String(text))) ready();
    });
  });
  return { name: "detcd serve", endpoints: endpointsFrom(port), processes: [process_] };
}

async function real(etcd: string, name: string, flags: readonly string[]): Promise<Cluster> {
  const port = await freePorts("127.0.0.1", 6);
  const peer = (i: number) => `http://127.0.0.1:${port + 3 + i}`;
  const founders = [0, 1, 2].map((i) => `m${i}=${peer(i)}`).join(",");
  const processes = [0, 1, 2].map((i) => {
    const client = `http://127.0.0.1:${port + i}`;
    return spawn(etcd, [
      ...["--name", `m${i}`, "--data-dir", join(folder, `${name}-${i}`), "--log-level", "error"],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer(i), "--initial-advertise-peer-urls", peer(i)],
      ...["--initial-cluster", founders, ...flags],
    ]);
  });
  const endpoints = endpointsFrom(port);
  for (let tries = 0; tries < 200 && !(await isHealthy(endpoints[0] as string)); tries++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  return { name, endpoints, processes };
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/health`)).ok;
  } catch {
    return false;
  }
}

function endpointsFrom(port: number): string[] {
  return [0, 1, 2].map((i) => `http://127.0.0.1:${port + i}`);
}

function rate(
  load: string,
  { endpoints }: Cluster,
  what: string,
  clients: number,
): Promise<number> {
  const args = ["-endpoints", endpoints.join(","), "-what", what, "-clients", String(clients)];
  const process_ = spawn(load, [...args, "-seconds", options.seconds], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let out = "";
  process_.stdout.on("data", (text) => {
    out += text;
  });
  return new Promise((done) => process_.on("close", () => done(Number(out.split(" ")[0]))));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;
}

const clusters: Cluster[] = [];
try {
  const load = loader();
  if (load === null)
    console.log(`clientv3 ${CLIENT} can't be built here: Go, or the module, is absent`);
  else {
    clusters.push(await ours());
    const etcd = releases().findLast(({ version }) => version.startsWith("3.7."));
    if (etcd === undefined) console.log("no etcd 3.7 is here: detcd alone");
    else {
      const binary = join(etcd.folder, "etcd");
      clusters.push(await real(binary, `etcd ${etcd.version}`, []));
      clusters.push(await real(binary, `etcd ${etcd.version}, no fsync`, ["--unsafe-no-fsync"]));
    }
    for (const what of ["put", "get"]) {
      for (const clients of [1, 64]) {
        const rates = clusters.map((): number[] => []);
        for (let round = 0; round < Number(options.rounds); round++) {
          for (const [i, cluster] of clusters.entries()) {
            rates[i]?.push(await rate(load, cluster, what, clients));
          }
        }
        const own = median(rates[0] as number[]);
        const row = clusters.map(({ name }, i) => {
          const found = median(rates[i] as number[]);
          const ratio = i === 0 ? "" : ` (ours ${(own / found).toFixed(2)} times as many)`;
          return `${name} ${Math.round(found)}/s${ratio}`;
        });
        console.log(
          `${what} with ${clients} client${clients === 1 ? "" : "s"}: ${row.join(" · ")}`,
        );
      }
    }
  }
} finally {
  for (const { processes } of clusters) for (const process_ of processes) process_.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
