import { basename, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { readScripts } from "../../src/cli/conformance-files.ts";
import { rewriteFile, runFile } from "../../src/conformance/runner.ts";
import { mistakesOf } from "../../src/museum/switches.ts";

/**
 * Our own scripts, for what etcd-io/raft's files leave out. What they expect is what the original
 * (v3.7.0) prints for them, up to its first panic.
 */
const folder = join(import.meta.dirname, "testdata");
const files = readScripts(folder);

describe("our data-driven files", () => {
  test.each(files.map((file) => ({ file, name: relative(folder, file.path) })))(
    "$name prints what it says",
    ({ file }) => {
      const report = runFile(file);
      expect(report.badInput).toBeUndefined();
      expect(report.failedAt?.diff ?? "", `${file.path}:${report.failedAt?.line}`).toBe("");
    },
  );

  test("are as rewriting leaves them", () => {
    for (const file of files) expect(rewriteFile(file).text, file.path).toBe(file.text);
  });
});

/** Mistakes of the bug museum that etcd-io/raft's own files do not notice. */
describe("a planted bug is noticed", () => {
  test.each([
    ["R4", "old_term_not_counted.txt"],
    ["R5", "log_up_to_date_by_term.txt"],
    ["R9", "stale_append_below_commit.txt"],
    ["R12", "campaign_refused.txt"],
    ["R13", "confchange_pending_in_tail.txt"],
    ["R14", "confchange_one_at_a_time.txt"],
    ["R17", "confchange_removal_commits.txt"],
    ["R19", "campaign_refused.txt"],
    ["R20", "prevote_forgets_old_votes.txt"],
    ["R22", "prevote_lower_term.txt"],
    ["R29", "transfer_target_demoted.txt"],
    ["R31", "snapshot_fast_forward.txt"],
    ["R35", "inflight_window.txt"],
    ["R38", "campaign_pending_snapshot.txt"],
  ])("%s, by %s", (id, name) => {
    const file = files.find(({ path }) => basename(path) === name);
    if (file === undefined) throw new Error(`${name} is missing`);
    expect(runFile(file).failedAt).toBeUndefined();
    expect(runFile(file, mistakesOf([id])).failedAt?.diff).not.toBe("");
    expect(runFile(file, mistakesOf([id])).failedAt).toBeDefined();
  });
});
