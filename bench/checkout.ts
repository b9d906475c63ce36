import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { InputError } from "../src/scenario/read/input-error.ts";

const run = promisify(execFile);

/** A revision in a folder of its own, until it is removed. */
export interface Checkout {
  /** Where it lies, as an absolute path. */
  readonly folder: string;
  readonly commit: string;
  remove(): Promise<void>;
}

/** The commit that `revision` names in the repository at `root`. Throws InputError: there is none. */
export async function commitOf(root: string, revision: string): Promise<string> {
  try {
    const asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
    return (await run("git", asked, { cwd: root })).stdout.trim();
  } catch {
    const repository = existsSync(join(root, ".git"));
    throw InputError.plain(
      repository
        ? `--against: this repository has no revision "${revision}" (\`git log --oneline\` lists them)`
        : `--against compares with another revision, but ${root} is not a git checkout`,
    );
  }
}

/**
 * Checks a commit out into a temporary worktree. It shares the packages installed at `root` if it
 * wants the same ones, else it gets its own.
 */
export async function checkOut(root: string, commit: string): Promise<Checkout> {
  const parent = mkdtempSync(join(tmpdir(), "detcd-bench-"));
  const folder = join(parent, commit.slice(0, 7));
  const remove = async (): Promise<void> => {
    rmSync(parent, { recursive: true, force: true });
    // It forgets the worktrees whose folders are gone.
    await run("git", ["worktree", "prune"], { cwd: root });
  };
  try {
    await run("git", ["worktree", "add", "--detach", folder, commit], { cwd: root });
    if (lockFile(folder) === lockFile(root)) {
      symlinkSync(realpathSync(join(root, "node_modules")), join(folder, "node_modules"));
    } else {
      await run("npm", ["ci"], { cwd: folder });
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, commit, remove };
}

function lockFile(folder: string): string {
  return readFileSync(join(folder, "package-lock.json"), "utf8");
}
