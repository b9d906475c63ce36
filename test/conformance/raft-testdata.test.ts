import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readScripts } from "../../src/cli/conformance-files.ts";
import { runConformance, runFile } from "../../src/conformance/runner.ts";

/** etcd-io/raft's own data-driven files; they are not part of this repository. */
const { RAFT_TESTDATA = "../shared/raft-testdata" } = process.env;
const folder = resolve(join(import.meta.dirname, "../.."), RAFT_TESTDATA);

if (!existsSync(folder)) {
  const how = "set RAFT_TESTDATA to the folder with interaction/, quorum/ and confchange/";
  console.warn(`skipped etcd-io/raft's data-driven files: ${folder} is missing; ${how}`);
  test.skip(`etcd-io/raft's data-driven files (${folder} is missing; ${how})`, () => {});
} else {
  const files = readScripts(folder);

  describe("etcd-io/raft's data-driven files", () => {
    test.each(files.map((file) => ({ file, name: relative(folder, file.path) })))(
      "$name prints the same, byte for byte",
      ({ file }) => {
        const report = runFile(file);
        expect(report.badInput).toBeUndefined();
        expect(report.failedAt?.diff ?? "", `${file.path}:${report.failedAt?.line}`).toBe("");
        expect(report.passed).toBe(report.commands);
        expect(report.commands).toBeGreaterThan(0);
      },
    );

    test("are all there: 28 interaction, 9 confchange and 4 quorum files", () => {
      const { totals, files: reports } = runConformance(files);
      const count = (family: string) => reports.filter((file) => file.family === family).length;
      expect([count("interaction"), count("confchange"), count("quorum")]).toEqual([28, 9, 4]);
      expect(totals.filesPassed).toBe(41);
      expect(totals.commandsPassed).toBe(totals.commands);
    });
  });
}
