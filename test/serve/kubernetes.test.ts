import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withCluster } from "../../src/testing/index.ts";
import { RealEtcd, releases } from "../support/real-etcd.ts";
import { KubernetesProgram, type Line, VERSION } from "./kubernetes/program.ts";

/**
 * Kubernetes' storage layer (Go's k8s.io/apiserver, as an API server opens it) does the same on a served cluster and on a
 * real etcd, and sees the same: objects, revisions, tokens, events and errors. Skipped where Go, one of its modules or
 * that etcd is absent: `go mod download all` in a folder with the go.mod of program.ts brings the modules.
 */
const JUDGE = "3.7.3";
const judge = releases().find(({ version }) => version === JUDGE);
const program = judge === undefined ? null : KubernetesProgram.here();
/** A thousand packages to compile, where none is cached yet and the machine is busy. */
const BUILD_LIMIT_MS = 30 * 60_000;
afterAll(() => program?.remove());

async function asTheJudge(): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), "detcd-kubernetes-etcd-"));
  const etcd = await RealEtcd.startOf(judge?.folder ?? "", folder);
  try {
    return (await program?.run([etcd.endpoint])) ?? [];
  } finally {
    await etcd.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const title = `Kubernetes' storage layer ${VERSION}, as on etcd ${JUDGE} (skipped where Go, its modules or that etcd is absent)`;

describe.skipIf(program === null)(title, () => {
  if (program === null) return;
  let judged: Line[];
  beforeAll(async () => {
    await program.build();
    judged = await asTheJudge();
  }, BUILD_LIMIT_MS);

  test("comes to the end of what it does", () => {
    expect(judged.at(-1)).toEqual({ op: "end" });
    // It did list by streams.
    expect(judged).toContainEqual({ op: "supports", streams: true, progress: true });
  });

  test("sees the same on a served cluster", async () => {
    await withCluster({ time: 1 }, async ({ endpoints }) => {
      expect(await program.run(endpoints)).toEqual(judged);
    });
  });

  test("goes on where the only member that it knows crashes, and starts again", async () => {
    await withCluster({ time: 1 }, async (cluster) => {
      const mine = await cluster.leader();
      const crash = async () => {
        await cluster.crash(mine);
        await cluster.restart(mine);
      };
      expect(await program.run([cluster.endpoint(mine)], crash)).toEqual(judged);
    });
  });
});
