import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { RealEtcd, releases } from "../../support/real-etcd.ts";
import { downgrade } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";

const OF = { monitorVersions: true, snapshotEntries: 5 };

interface Row {
  readonly older: string;
  readonly newer: string;
  /** What the older says of the newer's data, and the fields that etcd logs with it. */
  readonly sentence: string;
  readonly fields?: Readonly<Record<string, string>>;
}

const REFUSALS: readonly Row[] = [
  ...["3.5.35", "3.6.16", "3.7.3"].map((newer) => ({
    older: "3.4.23",
    newer,
    sentence: `cluster cannot be downgraded (current version: 3.4.23 is lower than determined cluster version: ${lineOf(newer)})`,
  })),
  ...["3.6.16", "3.7.3"].map((newer) => ({
    older: "3.5.35",
    newer,
    sentence: "invalid downgrade; server version is lower than determined cluster version",
    fields: {
      "current-server-version": "3.5.35",
      "determined-cluster-version": lineOf(newer),
    },
  })),
  { older: "3.6.16", newer: "3.7.3", sentence: 'version "3.7.0" is not supported' },
];

/** While 3.5 is on its way back no member of 3.5 starts: 3.4 alone would, which knows of no such way. */
const UNDER_WAY = {
  older: "3.5.35",
  newer: "3.5.35",
  sentence: "invalid downgrade; server version is not allowed to join when downgrade is enabled",
  fields: { "current-server-version": "3.5.35", "target-cluster-version": "3.4.0" },
} as const satisfies Row;

function lineOf(release: string): string {
  return release.split(".").slice(0, 2).join(".");
}

function inText({ sentence, fields = {} }: Row): string[] {
  return [sentence, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`)];
}

/** What ours throws on data that the newer has left. */
function ours({ older, newer }: Row, before: (lone: Lone) => void = () => undefined): string {
  const lone = new Lone({ ...OF, serverVersion: newer });
  lone.pass(5 * SECOND);
  before(lone);
  try {
    lone.again({ ...OF, serverVersion: older });
  } catch (error) {
    return (error as Error).message;
  }
  return "it starts";
}

/** What the real older one logs on data that the real newer one has left. */
async function theirs(
  { older, newer }: Row,
  before: (etcd: RealEtcd) => Promise<void>,
): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "detcd-newer-data-"));
  const data = join(root, "data");
  const start = (release: string) =>
    RealEtcd.startOf(FOLDERS.get(release) as string, data, "--snapshot-count", "5");
  try {
    const first = await start(newer);
    try {
      await first.clusterVersion();
      await before(first);
    } finally {
      await first.stop();
    }
    const second = await start(older).catch((error: Error) => error.message);
    if (typeof second === "string") return second;
    await second.stop();
    return "it starts";
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const FOLDERS = new Map(releases().map(({ version, folder }) => [version, folder]));
const absent = ({ older, newer }: Row) => [older, newer].filter((each) => !FOLDERS.has(each));
const beside = (row: Row) =>
  `beside the real ones${absent(row).length > 0 ? ` (skipped: no etcd ${absent(row).join(", ")})` : ""}`;

/** A field as etcd's log has it: JSON, where 3.4 writes plain text. */
function expectLogged(log: string, { sentence, fields = {} }: Row): void {
  const json = JSON.stringify(sentence).slice(1, -1);
  expect(log.includes(sentence) || log.includes(json), `${sentence}\n${log.slice(-2000)}`).toBe(
    true,
  );
  for (const [name, value] of Object.entries(fields)) expect(log).toContain(`"${name}":"${value}"`);
}

describe.each(REFUSALS)("a member of $older does not start on the data of $newer", (row) => {
  test("and says why in etcd's words", () => {
    for (const part of inText(row)) expect(ours(row)).toContain(part);
  });

  test.skipIf(absent(row).length > 0)(beside(row), async () => {
    // What 3.4 could not read in the log, a snapshot tells it.
    const log = await theirs(row, async (etcd) => {
      for (let i = 0; i < 12; i++) etcd.ctl(["put", "a", String(i)]);
    });
    expectLogged(log, row);
  });
});

describe("a member of 3.5 does not start while a downgrade is under way", () => {
  test("and says why in etcd's words; one of 3.6 does", () => {
    const enable = (target: string) => (lone: Lone) => {
      lone.ask1(downgrade("ENABLE", target));
      lone.pass(SECOND);
    };
    for (const part of inText(UNDER_WAY)) expect(ours(UNDER_WAY, enable("3.4"))).toContain(part);
    expect(ours({ ...UNDER_WAY, older: "3.6.16", newer: "3.6.16" }, enable("3.5"))).toBe(
      "it starts",
    );
  });

  test.skipIf(absent(UNDER_WAY).length > 0)(beside(UNDER_WAY), async () => {
    const log = await theirs(UNDER_WAY, async ({ endpoint }) => {
      const body = JSON.stringify({ action: "ENABLE", version: "3.4.0" });
      const { status } = await fetch(`${endpoint}/v3/maintenance/downgrade`, {
        method: "POST",
        body,
      });
      // It is done all the same.
      expect(status).toBe(503);
    });
    expectLogged(log, UNDER_WAY);
  });
});
