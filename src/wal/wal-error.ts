/** What keeps a write-ahead log from being opened. */
export type WalErrorKind =
  /** No log, no file that reaches back to the snapshot, or no trace of the snapshot in it. */
  | "not found"
  /** Bytes changed after they were written. */
  | "crc mismatch"
  /** A frame or record that etcd would not have written. */
  | "corrupt"
  /** The last write was cut off: what {@link repair} mends. */
  | "torn"
  /** Files or entries are missing in between, or committed ones at the end. */
  | "gap"
  /** The log knows another snapshot of this index. */
  | "snapshot mismatch"
  /** Two files of one log say they belong to different members. */
  | "metadata conflict";

/** The log is not what was written: the member must not start on it. */
export class WalError extends Error {
  override name = "WalError";
  readonly kind: WalErrorKind;
  readonly file: string;
  readonly offset: number;

  constructor(kind: WalErrorKind, file: string, offset: number, sentence: string) {
    super(`wal: ${kind} in ${file} at byte ${offset}: ${sentence}`);
    this.kind = kind;
    this.file = file;
    this.offset = offset;
  }
}
