import { assert } from "../../base/assert.ts";
import type { VersionProfile } from "../../profile/version.ts";
import type { ClusterInfo } from "../apply/cluster-info.ts";
import {
  clusterVersionOf,
  compareVersions,
  lineText,
  parseVersion,
  versionText,
} from "../monitors/versions.ts";

/**
 * Why a member of this release ("3.6.16") must not start on this data, in etcd's words; "" if it may.
 *
 * It would understand the data as it is. What it would not do is what newer members do with it, and what
 * those that are still there expect of it.
 */
export function refusalOfData(
  release: string,
  { refusesNewerData, startsTargetAlone }: VersionProfile,
  { version, storageVersion, downgradeTarget }: ClusterInfo,
): string {
  const server = parseVersion(release);
  assert(server !== null, `${release} is no version of a server`);
  const own = clusterVersionOf(server);
  if (startsTargetAlone && downgradeTarget !== null) {
    if (compareVersions(own, downgradeTarget) === 0) return "";
    return (
      "invalid downgrade; server version is not allowed to join when downgrade is enabled " +
      `(current-server-version: ${release}, target-cluster-version: ${versionText(downgradeTarget)})`
    );
  }
  if (version === null || compareVersions(own, version) >= 0) return "";
  switch (refusesNewerData) {
    case "cluster cannot be downgraded":
      return (
        `cluster cannot be downgraded (current version: ${release} is lower than determined cluster ` +
        `version: ${lineText(version)})`
      );
    case "invalid downgrade":
      return (
        "invalid downgrade; server version is lower than determined cluster version " +
        `(current-server-version: ${release}, determined-cluster-version: ${lineText(version)})`
      );
    case "version is not supported":
      // The storage's version follows the cluster's at once.
      return `version "${storageVersion}" is not supported: the data is newer than this member, ${release}`;
  }
}
