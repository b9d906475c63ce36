/** What a member says of itself to who looks at its pages: the driver fills it in. */
export interface MemberFacts {
  /** Its release: "3.7.3". */
  readonly serverVersion: string;
  /** The cluster's, "3.7.0"; "": it is not decided yet. */
  readonly clusterVersion: string;
  /** That of its storage, "3.7.0"; "": it is not known yet. */
  readonly storageVersion: string;
}
