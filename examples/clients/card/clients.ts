import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Command } from "./speaker.ts";

/** A client library, and the program that speaks for it. */
export interface Library {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly language: string;
  /** Fetches what it needs into a folder of its own. Throws {@link Absent}. */
  readonly prepare: (folder: string) => Command;
}

/** There is nothing here that it could run by. */
export class Absent extends Error {
  override name = "Absent";
}

const HERE = resolve(import.meta.dirname, "..");

function run(
  file: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): void {
  execFileSync(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Throws Absent where the program does not run. */
function needs(file: string, ...args: string[]): void {
  try {
    execFileSync(file, args, { stdio: "ignore" });
  } catch {
    throw new Absent(`${file} is not installed`);
  }
}

/** A program and what describes its packages, in a folder where these may be fetched to. */
function copied(from: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(HERE, from), folder, { recursive: true });
  return folder;
}

function python(packages: readonly string[], script: string) {
  return (folder: string): Command => {
    needs("python3", "--version");
    copied("python", folder);
    const own = join(folder, "venv/bin/python");
    if (!existsSync(own)) run("python3", ["-m", "venv", "venv"], folder);
    run(own, ["-m", "pip", "install", "--quiet", ...packages], folder);
    return { file: own, args: [join(folder, script)] };
  };
}

/** etcd-client compiles .proto files; where there is no protoc, that of Python's grpcio-tools does. */
function protoc(folder: string): string {
  try {
    execFileSync("protoc", ["--version"], { stdio: "ignore" });
    return "protoc";
  } catch {
    needs("python3", "--version");
    const own = join(folder, "protoc/bin/python");
    if (!existsSync(own)) run("python3", ["-m", "venv", "protoc"], folder);
    run(own, ["-m", "pip", "install", "--quiet", "grpcio-tools==1.85.1"], folder);
    const script = join(folder, "protoc.sh");
    writeFileSync(script, `#!/bin/sh\nexec '${own}' -m grpc_tools.protoc "$@"\n`, { mode: 0o755 });
    return script;
  }
}

export const LIBRARIES: readonly Library[] = [
  {
    ...{ id: "npm-etcd3", name: "etcd3", version: "1.1.2", language: "JavaScript" },
    prepare: () => ({ file: process.execPath, args: [join(HERE, "npm/etcd3-client.mjs")] }),
  },
  {
    ...{ id: "go-clientv3", name: "clientv3", version: "3.7.3", language: "Go" },
    prepare: (folder) => {
      needs("go", "version");
      copied("go", folder);
      run("go", ["build", "-mod=mod", "-o", "speaker", "."], folder);
      return { file: join(folder, "speaker"), args: [] };
    },
  },
  {
    ...{ id: "python-aetcd", name: "aetcd", version: "1.0.0", language: "Python" },
    prepare: python(["aetcd==1.0.0"], "aetcd_client.py"),
  },
  {
    ...{ id: "python-etcd3gw", name: "etcd3gw", version: "2.7.0", language: "Python" },
    prepare: python(["etcd3gw==2.7.0"], "etcd3gw_client.py"),
  },
  {
    ...{ id: "rust-etcd-client", name: "etcd-client", version: "0.21.1", language: "Rust" },
    prepare: (folder) => {
      needs("cargo", "--version");
      copied("rust", folder);
      run("cargo", ["build", "--quiet"], folder, { PROTOC: protoc(folder) });
      return { file: join(folder, "target/debug/speaker"), args: [] };
    },
  },
  {
    ...{ id: "java-jetcd", name: "jetcd-core", version: "0.8.7", language: "Java" },
    prepare: (folder) => {
      needs("javac", "-version");
      needs("mvn", "--version");
      copied("java", folder);
      const fetch = ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"];
      run("mvn", fetch, folder);
      run("javac", ["-cp", "lib/*", "-d", "classes", "Speaker.java"], folder);
      const classes = [join(folder, "classes"), join(folder, "lib/*")].join(":");
      return { file: "java", args: ["-cp", classes, "Speaker"] };
    },
  },
];

/** Where a library's packages are kept from one run to the next: outside of what is committed. */
export function folderOf({ id, version }: Library): string {
  return join(tmpdir(), "detcd-clients", `${id}-${version}`);
}
