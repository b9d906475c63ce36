import { type ApiError, Errors } from "../../api/errors.ts";
import type { DowngradeRequest } from "../../api/requests.ts";
import { NOBODY } from "../../auth/tokens.ts";
import {
  compareVersions,
  downgradeTargetOf,
  lineText,
  parseClusterVersion,
  type Version,
  versionText,
} from "../monitors/versions.ts";
import { refusalOf } from "../rpc/error-codes.ts";
import type { ServerContext } from "../rpc/server-context.ts";

/**
 * Taking a cluster back by one minor version (server/etcdserver/v3_server.go Downgrade): asking
 * whether that may be done, beginning it, and calling it off.
 */
export class DowngradeService {
  private readonly context: ServerContext;

  constructor(context: ServerContext) {
    this.context = context;
  }

  handle(callId: number, { action, version }: DowngradeRequest): void {
    const { context } = this;
    if (action === "CANCEL") {
      this.cancel(callId);
      return;
    }
    const target = parseClusterVersion(version);
    if (target === null) {
      context.fail(callId, Errors.wrongDowngradeVersionFormat);
      return;
    }
    context.linearizable(callId, () => {
      const error = this.may(target);
      if (error !== null) context.fail(callId, error);
      else if (action === "VALIDATE") this.respond(callId);
      else {
        this.set(target, (failed) => {
          if (failed === null) this.respond(callId);
          else context.fail(callId, failed);
        });
      }
    });
  }

  private cancel(callId: number): void {
    const { context } = this;
    const { cluster } = context.machine;
    const { cancelsNoDowngrade } = context.config.profile;
    const respond = () => {
      if (cluster.version === null) context.fail(callId, this.noVersion);
      else this.respond(callId);
    };
    // Since 3.6 what goes wrong etcd writes into its log alone (v3_server.go downgradeCancel).
    const end = (error: ApiError | null) => {
      if (error === null || cancelsNoDowngrade) respond();
      else context.fail(callId, error);
    };
    const off = () => {
      if (cluster.downgradeTarget === null) end(Errors.noInflightDowngrade);
      else this.set(null, end);
    };
    if (cancelsNoDowngrade) context.upToDate(off, respond);
    else context.linearizable(callId, off);
  }

  private get noVersion(): ApiError {
    return refusalOf(Errors.clusterVersionUnavailable, this.context.config.profile);
  }

  private may(target: Version): ApiError | null {
    const { version, downgradeTarget } = this.context.machine.cluster;
    if (version === null) return this.noVersion;
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
    this.context.proposer.proposeFor(op, NOBODY, ({ error }) => done(error));
  }

  /** The answer names the cluster's present version. */
  private respond(callId: number): void {
    const { context } = this;
    const { version } = context.machine.cluster;
    const text = context.config.profile.namesLine ? lineText : versionText;
    const response = { header: context.header(), version: version === null ? "" : text(version) };
    context.succeed(callId, { type: "downgrade", response });
  }
}
