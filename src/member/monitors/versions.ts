/** A server's version, as in semver.org. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Clusters whose members are older than this one can't be told apart (version.MinClusterVersion). */
export const MIN_CLUSTER_VERSION: Version = { major: 3, minor: 0, patch: 0 };

const PATTERN = /^(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** null: it is none. */
export function parseVersion(text: string): Version | null {
  const parts = PATTERN.exec(text);
  if (parts === null) return null;
  return { major: Number(parts[1]), minor: Number(parts[2]), patch: Number(parts[3]) };
}

export function versionText({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

/** "3.6": as a cluster's version is shown to people. */
export function lineText({ major, minor }: Version): string {
  return `${major}.${minor}`;
}

/** A cluster's version has no third part; it may be left out. null: it is none. */
export function parseClusterVersion(text: string): Version | null {
  const version = parseVersion(text) ?? parseVersion(`${text}.0`);
  return version === null ? null : clusterVersionOf(version);
}

export function clusterVersionOf({ major, minor }: Version): Version {
  return { major, minor, patch: 0 };
}

/** Below 0: `a` is the older one. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** The one version that a cluster may go back to: the minor version before its own. */
export function downgradeTargetOf({ major, minor }: Version): Version {
  return { major, minor: minor - 1, patch: 0 };
}

/** Whether a cluster may go over to another version: up as far as it likes, down by one. */
export function mayChange(from: Version, to: Version): boolean {
  const down = compareVersions(to, downgradeTargetOf(from)) === 0;
  return down || (from.major === to.major && compareVersions(from, to) < 0);
}
