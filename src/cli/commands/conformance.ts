import { Command } from "commander";
import type { ConformanceOptions } from "../conformance.ts";
import type { Io } from "../io.ts";

/** `detcd conformance`: data-driven files of etcd-io/raft, wherever written, against our raft. */
export function conformanceCommand(io: Io, done: (code: number) => void): Command {
  return new Command("conformance")
    .description("run etcd-io/raft's data-driven test files against detcd's raft")
    .argument("<path>", "a checkout of etcd-io/raft, a folder of data-driven files, or one file")
    .option("--rewrite", "write what comes out into the files instead of comparing")
    .option("--json", "print one JSON report")
    .addHelpText(
      "after",
      `
Files in a folder "interaction", "quorum" or "confchange" are run by that harness; the family of
other files follows from their commands. Of a folder those are run that lie below a "testdata", or have
a line "----". Exit codes: 0 all equal, 1 differences, 2 bad input.

Examples:
  git clone https://github.com/etcd-io/raft && detcd conformance raft
  detcd conformance my-script.txt --rewrite`,
    )
    .action(async (path: string, options: ConformanceOptions) => {
      const { conformance } = await import("../conformance.ts");
      done(conformance(path, options, io));
    });
}
