import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sourceOf } from "../../src/bolt/index.ts";
import { databaseIn } from "../../src/member/backup/snapshot-file.ts";
import { snapshotStatus } from "../../src/member/backup/snapshot-status.ts";
import { JUDGES, type Judge } from "../differential/setting.ts";
import { GrpcClient } from "../support/grpc-client.ts";
import { RealEtcd } from "../support/real-etcd.ts";
import { type Ask, everything, fill, goOn } from "./etcd-data.ts";
import { askOurs, filled, restored } from "./ours.ts";

const here = JUDGES.filter(({ version }) => version !== "");
for (const { version, name } of JUDGES)
  if (version === "") test.skip(`snapshots: ${name}`, () => undefined);

/** The tool for snapshots, which 3.6 moved. */
function utl({ line, folder }: Judge, ...args: readonly string[]): string {
  const tool = join(folder, line === "3.4" || line === "3.5" ? "etcdctl" : "etcdutl");
  const env = { ...process.env, ETCDCTL_API: "3" };
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`${tool} ${args.join(" ")}: ${stderr}${stdout}`);
  return stdout;
}

interface ToldStatus {
  readonly hash: number;
  readonly revision: number;
  readonly totalKey: number;
  readonly totalSize: number;
  readonly version?: string;
}

function statusOf(judge: Judge, path: string): ToldStatus {
  return JSON.parse(utl(judge, "snapshot", "status", path, "-w", "json")) as ToldStatus;
}

/** Ours, in the release's words. */
function ourStatus({ line }: Judge, bytes: Uint8Array): ToldStatus {
  const { hash, revision, keys, pairs, size, version } = snapshotStatus(
    databaseIn(sourceOf(bytes)),
  );
  const told = { hash, revision, totalSize: size };
  return line === "3.4" || line === "3.5"
    ? { ...told, totalKey: pairs }
    : { ...told, totalKey: keys, version };
}

const root = mkdtempSync(join(tmpdir(), "detcd-snapshots-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function withReal<T>(
  judge: Judge,
  data: string,
  use: (ask: Ask, etcd: RealEtcd) => Promise<T>,
) {
  const etcd = await RealEtcd.startOf(judge.folder, join(root, data), "--bcrypt-cost", "4");
  const grpc = new GrpcClient(etcd.endpoint);
  try {
    return await use((request, token) => grpc.unary(request, token), etcd);
  } finally {
    grpc.close();
    await etcd.stop();
  }
}

describe.each(here)("a snapshot of ours, and etcd $name", (judge) => {
  test("its tool finds it whole, with the hash that ours finds", async () => {
    const { blob } = await filled(judge.version);
    const path = join(root, `ours-${judge.line}`);
    writeFileSync(path, blob);
    expect(ourStatus(judge, blob)).toEqual(statusOf(judge, path));
  });

  test("is restored by it, and a real one starts from it with all that it holds", async () => {
    const { lone, blob } = await filled(judge.version);
    const path = join(root, `ours-${judge.line}`);
    writeFileSync(path, blob);
    utl(judge, "snapshot", "restore", path, "--data-dir", join(root, `restored-${judge.line}`));
    await withReal(judge, `restored-${judge.line}`, async (ask) => {
      expect(await everything(ask)).toEqual(await everything(askOurs(lone)));
      expect(await goOn(ask)).toEqual(await goOn(askOurs(lone)));
    });
  });

  test("one of a real one is read, and ours starts from it with all that it holds", async () => {
    const path = join(root, `theirs-${judge.line}`);
    const [all, further] = await withReal(judge, `filled-${judge.line}`, async (ask, etcd) => {
      await fill(ask);
      etcd.ctl(["--user", "root:r", "snapshot", "save", path]);
      return [await everything(ask), await goOn(ask)] as const;
    });
    const bytes = new Uint8Array(readFileSync(path));
    expect(ourStatus(judge, bytes)).toEqual(statusOf(judge, path));
    const lone = restored(judge.version, bytes);
    expect(await everything(askOurs(lone))).toEqual(all);
    expect(await goOn(askOurs(lone))).toEqual(further);
  });
});
