import { type ApiError, Errors } from "../../api/errors.ts";
import type { DowngradeRequest } from "../../api/requests.ts";
import { NOBODY } from "../../auth/tokens.ts";
import {
  compareVersions,
  downgradeTargetOf,
  parseClusterVersion,
  type Version,
  versionText,
} from "../versions.ts";
import type { Desk } from "./desk.ts";

/**
 * Taking a cluster back by one minor version (server/etcdserver/v3_server.go Downgrade): asking
 * whether that may be done, beginning it, and calling it off.
 */
export class DowngradeService {
  private readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  handle(callId: number, { action, version }: DowngradeRequest): void {
    const { desk } = this;
    const target = parseClusterVersion(version);
    if (action !== "CANCEL" && target === null) {
      desk.fail(callId, Errors.wrongDowngradeVersionFormat);
      return;
    }
    desk.linearizable(callId, () => {
      const error = target === null || action === "CANCEL" ? this.mayCancel() : this.may(target);
      if (error !== null) desk.fail(callId, error);
      else if (action === "VALIDATE") this.answer(callId);
      else this.set(callId, action === "ENABLE" ? target : null);
    });
  }

  private may(target: Version): ApiError | null {
    const { version, downgradeTarget } = this.desk.machine.cluster;
    if (version === null) return Errors.clusterVersionUnavailable;
    if (compareVersions(target, downgradeTargetOf(version)) !== 0) {
      return Errors.invalidDowngradeTargetVersion;
    }
    return downgradeTarget === null ? null : Errors.downgradeInProcess;
  }

  private mayCancel(): ApiError | null {
    const { version, downgradeTarget } = this.desk.machine.cluster;
    if (version === null) return Errors.clusterVersionUnavailable;
    return downgradeTarget === null ? Errors.noInflightDowngrade : null;
  }

  private set(callId: number, target: Version | null): void {
    const { desk } = this;
    const version = target === null ? "" : versionText(target);
    const request = { enabled: target !== null, version };
    desk.proposer.proposeFor({ type: "downgradeInfoSet", request }, NOBODY, ({ error }) => {
      if (error === null) this.answer(callId);
      else desk.fail(callId, error);
    });
  }

  /** The answer names the cluster's present version. */
  private answer(callId: number): void {
    const { desk } = this;
    const { version } = desk.machine.cluster;
    const text = version === null ? "" : versionText(version);
    const response = { header: desk.header(), version: text };
    desk.succeed(callId, { type: "downgrade", response });
  }
}
