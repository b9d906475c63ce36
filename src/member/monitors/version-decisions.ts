import type { VersionProfile } from "../../profile/version.ts";
import {
  clusterVersionOf,
  compareVersions,
  downgradeTargetOf,
  MIN_CLUSTER_VERSION,
  mayChange,
  type Version,
} from "./versions.ts";

/**
 * What the cluster's version becomes (server/etcdserver/version/monitor.go, server.go monitorVersions up to
 * 3.5): that of the oldest member, or a downgrade's target. null: it stays. A member's version is null if
 * it did not tell.
 */
export function decideClusterVersion(
  present: Version | null,
  downgradeTarget: Version | null,
  members: readonly (Version | null)[],
  { versionGoesDown }: VersionProfile,
): Version | null {
  const oldest = oldestOf(members);
  if (present === null) return oldest === null ? MIN_CLUSTER_VERSION : clusterVersionOf(oldest);
  if (oldest === null) return null;
  if (downgradeTarget !== null && versionGoesDown === "by a downgrade") {
    const fits = [present, oldest].every(
      (from) => compareVersions(downgradeTarget, downgradeTargetOf(from)) === 0,
    );
    return fits ? downgradeTarget : null;
  }
  const next = clusterVersionOf(oldest);
  const mayFall = versionGoesDown === "after the oldest member";
  return (mayFall || compareVersions(present, next) < 0) && mayChange(present, next) ? next : null;
}

/** null: somebody did not tell. */
function oldestOf(members: readonly (Version | null)[]): Version | null {
  let oldest: Version | null = null;
  for (const version of members) {
    if (version === null) return null;
    if (oldest === null || compareVersions(version, oldest) < 0) oldest = version;
  }
  return oldest;
}

/** Whether all members run the version that the cluster went back to. */
export function downgradeIsOver(target: Version, members: readonly (Version | null)[]): boolean {
  return members.every(
    (version) => version !== null && compareVersions(clusterVersionOf(version), target) === 0,
  );
}
