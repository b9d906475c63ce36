import {
  type ChildProcessWithoutNullStreams,
  execFile,
  spawn,
  spawnSync,
} from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** Kubernetes' storage layer is this module, and every other module is of the version that it asks for. */
export const VERSION = "v0.37.2";

/** What came of an operation, as main.go says it. */
export type Line = Readonly<Record<string, unknown>> & { readonly op: string };

const run = promisify(execFile);

/** main.go in a folder of its own, with a go.mod. */
export class KubernetesProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), "detcd-kubernetes-"));

  private constructor() {
    cpSync(join(import.meta.dirname, "main.go"), join(this.#folder, "main.go"));
    const require = `require k8s.io/apiserver ${VERSION}`;
    writeFileSync(join(this.#folder, "go.mod"), `module kubernetes\n\ngo 1.26.0\n\n${require}\n`);
  }

  /** null where Go, or a module, is absent. */
  static here(): KubernetesProgram | null {
    const program = new KubernetesProgram();
    const { status } = spawnSync("go", ["list", "-deps", "."], program.#atHome());
    if (status === 0) return program;
    program.remove();
    return null;
  }

  /** Minutes, the first time on a machine. Rejects with what the compiler says. */
  async build(): Promise<void> {
    await run("go", ["build", "-o", "kubernetes", "."], this.#atHome());
  }

  /** From Go's module cache alone. */
  #atHome() {
    const env = { GOFLAGS: "-mod=mod", GOPROXY: "off", GOSUMDB: "off", GOTOOLCHAIN: "local" };
    return { cwd: this.#folder, env: { ...process.env, ...env } };
  }

  /**
   * Runs it to its end. `meanwhile` is called where it waits, and breaks what it likes. Rejects where the program ends
   * with an error.
   */
  async run(
    endpoints: readonly string[],
    meanwhile: (what: unknown) => Promise<void> = async () => undefined,
  ): Promise<Line[]> {
    const child = spawn(join(this.#folder, "kubernetes"), endpoints);
    try {
      return await linesOf(child, meanwhile);
    } finally {
      child.kill("SIGKILL");
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function linesOf(
  child: ChildProcessWithoutNullStreams,
  meanwhile: (what: unknown) => Promise<void>,
): Promise<Line[]> {
  const lines: Line[] = [];
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const ended = new Promise<number | null>((done) => child.once("close", done));
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (line.op !== "meanwhile") continue;
    await meanwhile(line["what"]);
    child.stdin.write("\n");
  }
  const code = await ended;
  if (code !== 0) throw new Error(`it ended with ${code}:\n${said.slice(-4000)}`);
  return lines;
}
