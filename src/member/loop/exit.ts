import { DiskFullError } from "../../base/disk.ts";
import type { MemberHost } from "../host.ts";

/** The process ends by its own decision; after that nothing more is done. */
export class Exit {
  dead = false;
  private readonly host: MemberHost;

  constructor(host: MemberHost) {
    this.host = host;
  }

  because(reason: string): void {
    this.dead = true;
    this.host.stopped(reason);
  }

  /**
   * etcd exits when it can't write to its disk: what it promised next would be a lie. Throws what is
   * no such error.
   */
  on(error: unknown): void {
    if (!(error instanceof DiskFullError)) throw error;
    this.because(error.message);
  }
}
