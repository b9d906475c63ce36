import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FAULT_POINTS, type FaultPoint, MISSING_POINTS } from "../../src/sim/fault-points.ts";
import { BUSY, BusyCluster } from "./busy-cluster.ts";

const POINTS = Object.keys(FAULT_POINTS) as FaultPoint[];

/** How often each member of a busy cluster comes to each point. */
function passes(): Map<string, number[]> {
  const busy = new BusyCluster();
  const counts = new Map<string, number[]>();
  for (const id of [1, 2, 3]) {
    busy.cluster.node(id).points.watch((point) => {
      const each = counts.get(point) ?? [0, 0, 0, 0];
      each[id] = (each[id] as number) + 1;
      counts.set(point, each);
    });
  }
  busy.work();
  return counts;
}

describe("fault points", () => {
  const counts = passes();
  /** Who comes there most often. */
  const most = (point: string): { readonly member: number; readonly times: number } => {
    const each = counts.get(point) ?? [0];
    const times = Math.max(...each);
    return { member: each.indexOf(times), times };
  };

  test("a busy cluster comes to every one, and to none that the table lacks", () => {
    console.log([...counts].map(([name, each]) => `${name} ${each.slice(1).join("/")}`).join("\n"));
    expect([...counts.keys()].sort()).toEqual([...POINTS].sort());
    for (const point of Object.keys(MISSING_POINTS)) expect(POINTS).not.toContain(point);
  });

  test("the table names files that there are", () => {
    for (const { at } of Object.values(FAULT_POINTS)) {
      expect(existsSync(new URL(`../../src/${at}`, import.meta.url)), at).toBe(true);
    }
  });

  test("scenarios/README.md tells of each what the table does", () => {
    const file = new URL("../../scenarios/README.md", import.meta.url);
    const readme = readFileSync(file, "utf8").split("\n");
    const rows = [
      ...Object.entries(FAULT_POINTS).map(([point, { means }]) => `| \`${point}\` | ${means} |`),
      ...Object.entries(MISSING_POINTS).map(([point, why]) => `| \`${point}\` | ${why} |`),
    ];
    expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
  });

  test.each(POINTS)("at %s a member crashes, comes back, and nothing is lost", (point) => {
    const { member, times } = most(point);
    const count = Math.min(times, 2);
    const once = (): { digest: string; crashes: number } => {
      const busy = new BusyCluster();
      busy.cluster.inject({ type: "crash-at", member, point, count, disk: "lose" });
      busy.work();
      expect(busy.broken()).toEqual([]);
      return { digest: busy.cluster.stateDigest(), crashes: busy.cluster.node(member).lives - 1 };
    };
    const first = once();
    expect(first.crashes).toBe(1);
    expect(once()).toEqual(first);
  });

  test("a member that watches its points does what it would do anyway", () => {
    const [watched, left] = [new BusyCluster(BUSY), new BusyCluster(BUSY)];
    watched.cluster.node(2).points.watch(() => undefined);
    for (const busy of [watched, left]) busy.work();
    expect(watched.cluster.stateDigest()).toBe(left.cluster.stateDigest());
  });
});
