import { binaryToBytes, bytesToBinary } from "../../base/bytes.ts";
import type { Bucket } from "../../mvcc/backend/bucket.ts";
import { compareVersions, parseVersion, type Version, versionText } from "../monitors/versions.ts";

const FIRST_STORAGE_VERSION: Version = { major: 3, minor: 6, patch: 0 };

const VERSION = "clusterVersion";
const DOWNGRADE = "downgrade";

interface DowngradeJson {
  readonly "target-version": string;
  readonly enabled: boolean;
}

/**
 * What all members have agreed on about the cluster itself, in the backend's bucket `cluster`
 * (server/storage/schema/cluster.go): the version whose features it uses, and the downgrade under way.
 */
export class ClusterInfo {
  private readonly bucket: Bucket;

  constructor(bucket: Bucket) {
    this.bucket = bucket;
  }

  /** null: nobody has decided it yet. */
  get version(): Version | null {
    const bytes = this.bucket.get(VERSION);
    return bytes === undefined ? null : parseVersion(bytesToBinary(bytes));
  }

  /** Of what the members write down: "" before 3.6 (server/storage/schema/schema.go). */
  get storageVersion(): string {
    const { version } = this;
    return version === null || this.isBefore(FIRST_STORAGE_VERSION) ? "" : versionText(version);
  }

  /** It is older than `other`, as far as it was decided. */
  isBefore(other: Version): boolean {
    const { version } = this;
    return version !== null && compareVersions(version, other) < 0;
  }

  setVersion(version: string): void {
    this.bucket.put(VERSION, binaryToBytes(version));
  }

  /** Whether the cluster would go down to this version. */
  isAbove(version: string): boolean {
    const next = parseVersion(version);
    return this.version !== null && next !== null && compareVersions(this.version, next) > 0;
  }

  /** The version that the cluster is going back to; null: no downgrade is under way. */
  get downgradeTarget(): Version | null {
    const bytes = this.bucket.get(DOWNGRADE);
    if (bytes === undefined) return null;
    const json = JSON.parse(bytesToBinary(bytes)) as DowngradeJson;
    return json.enabled ? parseVersion(json["target-version"]) : null;
  }

  /** null: it is over, or called off. */
  setDowngrade(target: string | null): void {
    const json: DowngradeJson = { "target-version": target ?? "", enabled: target !== null };
    this.bucket.put(DOWNGRADE, binaryToBytes(JSON.stringify(json)));
  }
}
