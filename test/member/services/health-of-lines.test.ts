import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HealthRequest } from "../../../src/api/requests.ts";
import { SECOND } from "../../../src/base/time.ts";
import { RELEASES } from "../../../src/profile/lines.ts";
import { RealEtcd, releases } from "../../support/real-etcd.ts";
import { alarm, status } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";

type Endpoint = HealthRequest["endpoint"];
const PATHS: readonly Endpoint[] = ["health", "livez", "readyz"];

function ask(lone: Lone, endpoint: Endpoint, exclude: readonly string[] = []): string {
  const request = { endpoint, check: null, exclude, serializable: false, verbose: false };
  const { status: code, body } = lone.get({ type: "health", request });
  return `${code} ${body}`;
}

/** What the judges answered, in a healthy member and in one that has run out of space. */
const SAID = {
  "3.4.23": ['200 {"health":"true"}', '503 {"health":"false"}\n', "404 404 page not found\n"],
  "3.5.35": [
    '200 {"health":"true","reason":""}',
    '503 {"health":"false","reason":"ALARM NOSPACE"}\n',
    "200 ok\n",
  ],
} as const;
const saidBy = (release: string) => SAID[release === "3.4.23" ? release : "3.5.35"];

describe.each(Object.values(RELEASES))("probes of a member of %s", (release) => {
  test("are answered as its judge does", () => {
    const lone = new Lone({ serverVersion: release });
    const [well, full, probe] = saidBy(release);
    expect(PATHS.map((path) => ask(lone, path))).toEqual([well, probe, probe]);
    lone.get(alarm("ACTIVATE", "NOSPACE"));
    expect(PATHS.map((path) => ask(lone, path))).toEqual([full, probe, probe]);
    expect(ask(lone, "health", ["NOSPACE"])).toBe(well);
  });

  test("and the status tells of the storage since 3.6", () => {
    const lone = new Lone({ serverVersion: release, monitorVersions: true });
    lone.pass(5 * SECOND);
    const { storageVersion, dbSizeQuota } = lone.get(status);
    const tells = release.startsWith("3.6.") || release.startsWith("3.7.");
    expect(storageVersion).toBe(tells ? `${release.slice(0, 3)}.0` : "");
    expect(dbSizeQuota > 0).toBe(tells);
  });
});

const here = releases();
if (here.length === 0) test.skip("probes: no etcd in PATH, none in the cache", () => undefined);

describe.each(here)("probes beside a real etcd $version", ({ version, folder }) => {
  let directory = "";
  let etcd: RealEtcd;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "detcd-health-"));
    etcd = await RealEtcd.startOf(folder, join(directory, "data"));
  });
  afterAll(async () => {
    await etcd?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("say the same, and so does the status", async () => {
    const lone = new Lone({ serverVersion: version, monitorVersions: true });
    lone.pass(5 * SECOND);
    const real = async (path: string) => {
      const response = await fetch(`${etcd.endpoint}/${path}`);
      return `${response.status} ${await response.text()}`;
    };
    for (const path of PATHS) expect(ask(lone, path), path).toBe(await real(path));
    const [{ Status }] = JSON.parse(etcd.ctl(["endpoint", "status", "-w", "json"])) as [
      { Status: { storageVersion?: string; dbSizeQuota?: number } },
    ];
    const own = lone.get(status);
    expect(own.storageVersion).toBe(Status.storageVersion ?? "");
    expect(Number(own.dbSizeQuota)).toBe(Status.dbSizeQuota ?? 0);
    const body = JSON.stringify({ action: "ACTIVATE", memberID: "5", alarm: "NOSPACE" });
    await fetch(`${etcd.endpoint}/v3/maintenance/alarm`, { method: "POST", body });
    lone.get(alarm("ACTIVATE", "NOSPACE", 5n));
    for (const path of PATHS) expect(ask(lone, path), path).toBe(await real(path));
  });
});
