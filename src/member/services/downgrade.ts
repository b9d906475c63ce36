import { type ApiError, Errors } from "../../api/errors.ts";
import type { DowngradeRequest } from "../../api/requests.ts";
import { NOBODY } from "../../auth/tokens.ts";
import {
  compareVersions,
  downgradeTargetOf,
  parseClusterVersion,
  type Version,
  versionText,
} from "../monitors/versions.ts";
import type { Desk } from "../rpc/server-context.ts";

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
    if (action === "CANCEL") {
      this.cancel(callId);
      return;
    }
    const target = parseClusterVersion(version);
    if (target === null) {
      desk.fail(callId, Errors.wrongDowngradeVersionFormat);
      return;
    }
    desk.linearizable(callId, () => {
      const error = this.may(target);
      if (error !== null) desk.fail(callId, error);
      else if (action === "VALIDATE") this.answer(callId);
      else {
        this.set(target, (failed) => {
          if (failed === null) this.answer(callId);
          else desk.fail(callId, failed);
        });
      }
    });
  }

  /** What goes wrong here etcd writes into its log alone (v3_server.go downgradeCancel). */
  private cancel(callId: number): void {
    const { desk } = this;
    const { cluster } = desk.machine;
    const answer = () => {
      if (cluster.version === null) desk.fail(callId, Errors.clusterVersionUnavailable);
      else this.answer(callId);
    };
    desk.upToDate(() => {
      if (cluster.downgradeTarget === null) answer();
      else this.set(null, answer);
    }, answer);
  }

  private may(target: Version): ApiError | null {
    const { version, downgradeTarget } = this.desk.machine.cluster;
    if (version === null) return Errors.clusterVersionUnavailable;
    if (compareVersions(target, downgradeTargetOf(version)) !== 0) {
      return Errors.invalidDowngradeTargetVersion;
    }
    return downgradeTarget === null ? null : Errors.downgradeInProcess;
  }

  private set(target: Version | null, done: (error: ApiError | null) => void): void {
    const version = target === null ? "" : versionText(target);
    const op = {
      type: "downgradeInfoSet",
      request: { enabled: target !== null, version },
    } as const;
    this.desk.proposer.proposeFor(op, NOBODY, ({ error }) => done(error));
  }

  /** The answer names the cluster's present version, e.g. 3.6. */
  private answer(callId: number): void {
    const { desk } = this;
    const { version } = desk.machine.cluster;
    const text = version === null ? "" : `${version.major}.${version.minor}`;
    const response = { header: desk.header(), version: text };
    desk.succeed(callId, { type: "downgrade", response });
  }
}
