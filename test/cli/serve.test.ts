import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { putRequest } from "../../src/api/build.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import { freePorts } from "../../src/testing/free-ports.ts";
import { GrpcClient } from "../support/grpc-client.ts";
import { detcdIn } from "./detcd-in.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const { cwd, detcd } = detcdIn("serve");

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** `detcd serve` as a process of its own, once it is ready. */
class Served {
  readonly child: ChildProcess;
  out = "";
  error = "";
  private readonly exited: Promise<number | null>;

  constructor(args: readonly string[]) {
    const tsx = join(ROOT, "node_modules/tsx/dist/loader.mjs");
    this.child = spawn(
      process.execPath,
      ["--import", tsx, join(ROOT, "src/cli/main.ts"), "serve", ...args],
      { cwd, stdio: ["ignore", "pipe", "pipe"] },
    );
    children.push(this.child);
    this.child.stdout?.on("data", (piece) => {
      this.out += piece;
    });
    this.child.stderr?.on("data", (piece) => {
      this.error += piece;
    });
    this.exited = new Promise((done) => this.child.on("exit", done));
  }

  async ready(): Promise<this> {
    while (!/^ready/m.test(this.out)) {
      if (this.child.exitCode !== null) throw new Error(`it has ended: ${this.error}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    return this;
  }

  async stop(signal: "SIGINT" | "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }

  async put(key: string): Promise<unknown> {
    const client = new GrpcClient(/http\S+/.exec(this.out)?.[0] ?? "");
    try {
      return await client.unary({ type: "put", request: putRequest(key, utf8Encode("1")) }, "");
    } finally {
      client.close();
    }
  }
}

describe("detcd serve", () => {
  test("serves, is broken by `detcd fault`, and ends with a session that replays", async () => {
    const port = await freePorts("127.0.0.1", 4);
    const control = String(port + 3);
    const served = new Served([
      ...["--port", String(port), "--control", control, "--trace", "session.ndjson"],
      ...["--save", "session.yaml", "--log", "json"],
    ]);
    await served.ready();
    expect(served.out).toMatch(
      new RegExp(`^m1 http://127.0.0.1:${port}\nm2 .*\nm3 .*\ncontrol .*\nready: m\\d leads`),
    );
    expect(await served.put("a")).toMatchObject({ type: "put" });
    const state = await detcd(["fault", "state", "--control", control]);
    expect(state.out).toMatch(/^m1 {2}http\S+ {2}up {2}\w+ +term 2/);
    const crashed = await detcd(["fault", "crash", "leader", "--control", control]);
    expect(crashed.out).toMatch(/ {2}down/);
    expect((await detcd(["fault", "heal", "--control", control])).code).toBe(0);
    const cut = await detcd(["fault", "partition", "m1", "m2,m3", "--control", control]);
    expect(cut.out).toContain("cut: m1→m2");
    const whole = await detcd(["fault", "drift: {member: m1, ppm: 5}", "--control", control]);
    expect(whole.code).toBe(0);
    expect((await detcd(["fault", "advance", "5s", "--control", control])).code).toBe(0);
    const wrong = await detcd(["fault", "crsh", "m1", "--control", control]);
    expect(wrong).toMatchObject({
      code: 2,
      error: expect.stringContaining('did you mean "crash"'),
    });
    const scenario = await detcd(["fault", "scenario", "--control", control]);
    expect(scenario.out).toContain("crash: leader");
    expect(await served.stop("SIGINT")).toBe(0);
    expect(JSON.parse(served.error.split("\n")[0] ?? "")).toMatchObject({
      method: "put",
      code: "OK",
    });

    const replayed = await detcd(["replay", "session.ndjson"]);
    expect(replayed.code).toBe(0);
    expect(replayed.out).toContain("put a=1 is acknowledged");
    expect((await detcd(["replay", "session.yaml", "--quiet"])).code).toBe(0);
    const half = readFileSync(join(cwd, "session.ndjson"), "utf8").replace(/^.*"end".*\n/m, "");
    writeFileSync(join(cwd, "half.ndjson"), half);
    expect((await detcd(["replay", "half.ndjson", "--quiet"])).code).toBe(0);
  });

  test("plays a scenario meanwhile, of the line that it is told", async () => {
    const port = await freePorts("127.0.0.1", 3);
    const served = new Served([
      ...["--port", String(port), "--etcd", "3.5", "--scenario", "leader-crash", "--speed", "20"],
    ]);
    await served.ready();
    expect(served.out).toContain("etcd 3.5.35");
    expect(await served.stop("SIGTERM")).toBe(0);
  });

  test.each([
    [["--cert-file", "x.pem"], "--cert-file and --key-file belong together"],
    [["--client-cert-auth"], "TLS needs --cert-file and --key-file, too"],
    [["--cert-file", "no.pem", "--key-file", "no.key"], "--cert-file no.pem: "],
    [["--from-snapshot", "nothing"], "--from-snapshot nothing: "],
    [["--auto-compaction-mode", "often"], "periodic or revision"],
    [["--auto-compaction-mode", "revision", "--auto-compaction-retention", "1h"], "a number of"],
    [["--auth-token", "jwt,sign-method=RS256"], 'say just "jwt"'],
    [["--scenario", "leader-crsh"], 'did you mean "leader-crash"'],
    [["--set", "cluster.memmbers=3"], "memmbers"],
    [["--etcd", "2.3"], "2.3"],
    [["--members", "12"], "from 1 to 9"],
    [["--log", "xml"], "json is the one format"],
    [["--port", "0"], "a port is a whole number from 1"],
    [["--trace", "nowhere/s.ndjson"], "it can't be written"],
  ])("%j is bad input, and nothing is written", async (args, problem) => {
    const { code, error } = await detcd(["serve", ...args]);
    expect(code).toBe(2);
    expect(error).toContain(problem);
    expect(error).not.toContain("at ");
    expect(existsSync(join(cwd, "nowhere"))).toBe(false);
  });

  test("a snapshot that is none, and a port that is taken, are bad input", async () => {
    writeFileSync(join(cwd, "bad.snap"), "no snapshot at all");
    const bad = await detcd(["serve", "--from-snapshot", "bad.snap"]);
    expect(bad).toMatchObject({ code: 2, error: expect.stringContaining("the backup is damaged") });
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
    const { port } = taken.address() as { port: number };
    const { code, error } = await detcd(["serve", "--port", String(port)]);
    taken.close();
    expect(code).toBe(2);
    expect(error).toBe(`detcd: port ${port} is taken: name another one by --port, or --control\n`);
  });
});

test("detcd fault where nobody serves is bad input", async () => {
  const port = String(await freePorts("127.0.0.1", 1));
  const { code, error } = await detcd(["fault", "heal", "--control", port]);
  expect(code).toBe(2);
  expect(error).toContain(`is \`detcd serve --control ${port}\` running?`);
});
