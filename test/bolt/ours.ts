import type { ServiceRequest } from "../../src/api/requests.ts";
import { SECOND } from "../../src/base/time.ts";
import { memberConfig } from "../../src/member/config.ts";
import { MEMBER_DEFAULTS } from "../../src/member/defaults.ts";
import { restoreBackup } from "../../src/member/loop/restore-backup.ts";
import { signIn, snapshot } from "../member/support/asks.ts";
import { Lone } from "../member/support/lone-member.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { type Ask, fill } from "./etcd-data.ts";

function settingsOf(release: string) {
  return { serverVersion: release, monitorVersions: true, bcryptCost: 4 };
}

export function askOurs(lone: Lone): Ask {
  return async (request: ServiceRequest, token) => {
    const { response, error } = lone.ask1(request, token);
    if (error !== null) return error;
    if (response === null) throw new Error(`${request.type} is answered with nothing`);
    return response;
  };
}

/** A member of ours that was filled, and its snapshot. */
export async function filled(
  release: string,
): Promise<{ readonly lone: Lone; readonly blob: Uint8Array }> {
  const lone = new Lone(settingsOf(release));
  // Until it has found the cluster's version.
  lone.pass(5 * SECOND);
  await fill(askOurs(lone));
  const { token } = lone.get(signIn("root", "r"));
  return { lone, blob: lone.get(snapshot, token).blob };
}

/** A member of ours on what a snapshot is restored to. */
export function restored(release: string, blob: Uint8Array): Lone {
  const disk = new MemoryDisk();
  const settings = settingsOf(release);
  restoreBackup(memberConfig({ ...MEMBER_DEFAULTS, ...settings }, 1, [1]), disk, blob, 0);
  return new Lone(settings, disk);
}
