import { Errors } from "../../api/errors.ts";
import { serverReceiveLimit } from "../../api/message-limits.ts";
import type { Digest } from "../../base/digest.ts";
import type { Instant } from "../../base/time.ts";
import type { Alarm } from "../timers.ts";
import type { StreamInput } from "../types.ts";
import { WATCH_DEFAULTS } from "../watch/options.ts";
import { WatchServer } from "../watch/watch-server.ts";
import type { Desk } from "./desk.ts";

type Open = Extract<StreamInput, { readonly kind: "open" }>;
type Request = Extract<StreamInput, { readonly kind: "request" }>;

/** A stream that wants a leader is ended after so many election timeouts without one. */
const LEADERLESS_TIMEOUTS = 3;

/** The Watch service: who may watch what, on which streams (server/etcdserver/api/v3rpc/watch.go). */
export class WatchService {
  private readonly desk: Desk;
  private readonly server: WatchServer;
  private readonly tokens = new Map<number, string>();
  /** Streams to be ended when this member sees no leader for too long. */
  private readonly wantLeader = new Set<number>();
  private leaderless: Alarm | null = null;

  constructor(desk: Desk) {
    this.desk = desk;
    const { machine, config, host } = desk;
    this.server = new WatchServer(machine.store, {
      ...WATCH_DEFAULTS,
      header: (revision) => ({ ...desk.header(), revision }),
      random: host.random.fork("watches"),
      maxResponseBytes: serverReceiveLimit(config.maxRequestBytes),
      progressNotifyUs: config.watchProgressUs,
    });
  }

  handle(input: StreamInput): void {
    const { server, desk } = this;
    switch (input.kind) {
      case "open":
        this.open(input);
        return;
      case "request":
        this.request(input);
        return;
      case "consumed":
        server.consumed(desk.now, input.streamId, input.bytes);
        return;
      case "close":
        server.close(input.streamId);
        this.forget(input.streamId);
        return;
    }
  }

  private open({ streamId, token, requireLeader }: Open): void {
    const { desk } = this;
    const { host, machine, config } = desk;
    const refused = machine.isLearner(config.id)
      ? Errors.notSupportedForLearner
      : requireLeader && desk.lead === 0
        ? Errors.noLeader
        : null;
    if (refused !== null) {
      host.endStream(streamId, refused);
      return;
    }
    this.tokens.set(streamId, token);
    if (requireLeader) this.wantLeader.add(streamId);
    this.server.open(desk.now, streamId, {
      push: (response, bytes) => host.push(streamId, response, bytes),
      end: (error) => {
        this.forget(streamId);
        host.endStream(streamId, error);
      },
    });
  }

  private forget(streamId: number): void {
    this.tokens.delete(streamId);
    this.wantLeader.delete(streamId);
  }

  private request({ streamId, request }: Request): void {
    const { desk, server } = this;
    const token = this.tokens.get(streamId);
    // It was ended while the request was on its way.
    if (token === undefined) return;
    if (request.type !== "create") {
      server.request(desk.now, streamId, request, () => null);
      return;
    }
    desk.userOf(token, (user) =>
      server.request(desk.now, streamId, request, (key, rangeEnd) =>
        "code" in user ? user : desk.machine.checker.checkWatch(user, key, rangeEnd),
      ),
    );
  }

  /** Raft's view of who leads has changed. */
  leaderSeen(): void {
    const { desk } = this;
    if (desk.lead !== 0) {
      if (this.leaderless !== null) desk.timers.cancel(this.leaderless);
      this.leaderless = null;
      return;
    }
    if (this.leaderless !== null) return;
    const { electionTicks, tickUs } = desk.config;
    this.leaderless = desk.timers.after(LEADERLESS_TIMEOUTS * electionTicks * tickUs, () => {
      this.leaderless = null;
      for (const streamId of [...this.wantLeader]) this.server.end(streamId, Errors.noLeader);
    });
  }

  /** A write transaction was applied. */
  written(): void {
    this.server.afterWrite();
  }

  /** A snapshot's store took the place of the one before. */
  storeReplaced(): void {
    this.server.storeReplaced(this.desk.now, this.desk.machine.store);
  }

  due(): Instant {
    return this.server.due();
  }

  run(): void {
    this.server.run(this.desk.now);
  }

  digest(into: Digest): void {
    this.server.digest(into);
    // Who may open watches on a stream, and whether it ends without a leader.
    for (const [streamId, token] of this.tokens) {
      into.string(token);
      into.u32(this.wantLeader.has(streamId) ? 1 : 0);
    }
  }
}
