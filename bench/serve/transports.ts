import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { decode, encode } from "../../src/api/wire/message.ts";
import { METHODS } from "../../src/api/wire/method-table.ts";
import { Exchange } from "../../src/serve/grpc/exchange.ts";

/**
 * npx tsx bench/serve/transports.ts: an echo of Put, by grpc-js with our codecs and by our own calls over node:http2, each
 * in a process of its own, asked by the same Go clients in turn: why `detcd serve` stands on node:http2.
 */
const RESPONSE = {
  header: { clusterId: 1n, memberId: 2n, revision: 3, raftTerm: 4 },
  prevKv: null,
};
const { path, request, response } = METHODS.put;

const servers = {
  "grpc-js": (ready: (port: number) => void) => {
    const server = new Server();
    const method = {
      ...{ path, requestStream: false, responseStream: false },
      requestSerialize: () => Buffer.alloc(0),
      requestDeserialize: (bytes: Buffer) => decode(request, bytes),
      responseSerialize: (value: typeof RESPONSE) => Buffer.from(encode(response, value)),
      responseDeserialize: () => RESPONSE,
    };
    server.addService(
      { put: method },
      {
        put: (_call: unknown, done: (error: null, value: typeof RESPONSE) => void) =>
          done(null, RESPONSE),
      },
    );
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (_error, port) => ready(port));
  },
  "node:http2": (ready: (port: number) => void) => {
    const server = createServer();
    server.on("stream", (stream) => {
      const exchange = new Exchange(stream);
      let message: Uint8Array | null = null;
      const handler = {
        onMessage: (bytes: Uint8Array) => {
          message = bytes;
        },
        onHalfClose: () => {
          decode(request, message ?? new Uint8Array(0));
          exchange.respond(response, RESPONSE);
        },
        onGone: () => undefined,
      };
      exchange.serve(handler, 1 << 21);
    });
    server.listen(0, "127.0.0.1", () => ready((server.address() as { port: number }).port));
  },
};
type Name = keyof typeof servers;

async function started(name: Name): Promise<{ process: ChildProcess; port: number }> {
  const process = fork(import.meta.filename, [name]);
  const port = await new Promise<number>((done) => process.once("message", done as () => void));
  return { process, port };
}

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "detcd-bench-transports-"));
  const running = await Promise.all(
    (Object.keys(servers) as Name[]).map(async (name) => ({ name, ...(await started(name)) })),
  );
  try {
    cpSync(join(import.meta.dirname, "main.go"), join(folder, "main.go"));
    const require = "require go.etcd.io/etcd/client/v3 v3.7.3";
    writeFileSync(join(folder, "go.mod"), `module bench\n\ngo 1.25\n\n${require}\n`);
    const env = { ...process.env, GOFLAGS: "-mod=mod" };
    execFileSync("go", ["build", "-o", "load", "."], { cwd: folder, env, stdio: "pipe" });
    const rates = running.map((): number[] => []);
    for (let round = 0; round < 5; round++) {
      for (const [i, { port }] of running.entries()) {
        const args = ["-endpoints", `http://127.0.0.1:${port}`, "-clients", "64", "-seconds", "3"];
        const stdio = ["ignore", "pipe", "ignore"] as const;
        const out = execFileSync(join(folder, "load"), args, {
          encoding: "utf8",
          stdio: [...stdio],
        });
        rates[i]?.push(Number(out.split(" ")[0]));
      }
    }
    for (const [i, { name }] of running.entries())
      console.log(`${name}: ${rates[i]?.join(", ")} calls a second`);
    const ratios = rates[1]?.map((rate, i) => rate / (rates[0]?.[i] ?? 1)) ?? [];
    console.log(
      `node:http2 is ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")} times as fast`,
    );
  } finally {
    for (const each of running) each.process.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

const [, , name] = process.argv;
if (name === undefined) await compare();
else servers[name as Name]((port) => process.send?.(port));
