import { type ApiError, Errors } from "../../api/errors.ts";
import type { LeaseKeepAliveResponse } from "../../api/requests.ts";
import { type Duration, MILLISECOND, SECOND } from "../../base/time.ts";
import type { ClientConn } from "../client-conn.ts";
import type { RetryInterceptor } from "../retry-interceptor.ts";
import { KeepAlive, type KeptLease, type LeaseEnd, type OnRenewed } from "./keep-alive-channel.ts";
import { type KeepAliveListener, KeepAliveStream } from "./keep-alive-stream.ts";

/** clientv3's retryConnWait: how often it looks what is to be sent, and how long it waits after a break. */
const RETRY_US: Duration = 500 * MILLISECOND;
/** Before the first answer nobody knows the TTL (clientv3's defaultTTL, without a dial timeout). */
const FIRST_TIMEOUT_US: Duration = 5 * SECOND;
/** How often it looks whose time has passed (clientv3's deadlineLoop). */
const DEADLINE_EVERY_US: Duration = SECOND;

/**
 * Keeps a client's leases alive as clientv3 does (client/v3/lease.go): all over one stream, which is
 * opened with the first one and stays. Every half second it sends a keep-alive for each lease of which a
 * third of the TTL has passed since its last answer, again and again until an answer comes. Only the end
 * of the stream makes it look for another one, at the next member, half a second later. It judges by the
 * client's own clock, which may drift or stand still, and counts the TTL from when it reads an answer,
 * not from when it asked: what waited to be read is taken for fresh.
 */
export class KeepAliveLoop implements KeepAliveListener {
  private readonly conn: ClientConn;
  private readonly unary: RetryInterceptor;
  private readonly leases = new Map<bigint, KeptLease>();
  private stream: KeepAliveStream | null = null;
  private begun = false;

  constructor(conn: ClientConn, unary: RetryInterceptor) {
    this.conn = conn;
    this.unary = unary;
  }

  keepAlive(id: bigint, onRenewed: OnRenewed | null, requireLeader: boolean): KeepAlive {
    const { conn } = this;
    const { now } = conn;
    const known = this.leases.get(id);
    const fresh = { id, users: [], deadline: now + FIRST_TIMEOUT_US, nextAt: now };
    // One that nobody wanted any more begins anew.
    const kept = known === undefined || known.users.length === 0 ? fresh : known;
    this.leases.set(id, kept);
    const user = new KeepAlive(kept, onRenewed, requireLeader, () => conn.now);
    if (!this.begun) {
      this.begun = true;
      this.open();
      this.lookAtDeadlines();
    }
    return user;
  }

  // ---- the stream --------------------------------------------------------------------------------

  /** clientv3 asks for a new token each time: the old one may have become stale (issue 11954). */
  private open(): void {
    this.unary.signIn((error) => {
      if (error !== null) {
        this.openLater();
        return;
      }
      this.stream = new KeepAliveStream(this.conn, true, this);
      this.sendDue(this.stream);
    });
  }

  private openLater(): void {
    this.conn.after(RETRY_US, () => this.open());
  }

  /** clientv3's sendKeepAliveLoop, for as long as the stream lasts. */
  private sendDue(stream: KeepAliveStream): void {
    if (this.stream !== stream) return;
    const { now } = this.conn;
    const due = this.kept().filter(({ nextAt }) => nextAt <= now);
    // Go begins somewhere in a map: if one renewal ends the stream, those before it are through.
    const first = due.length > 1 ? this.conn.ports.chance.drawOrder() % due.length : 0;
    for (const { id } of [...due.slice(first), ...due.slice(0, first)]) stream.send(id);
    this.conn.after(RETRY_US, () => this.sendDue(stream));
  }

  renewed(response: LeaseKeepAliveResponse): void {
    const kept = this.leases.get(response.id);
    if (kept === undefined) return;
    const { ttl } = response;
    if (ttl <= 0) {
      // Known mistake C5: it goes on as if nothing had been said, and acts as the holder of what others
      // hold by now.
      if (!this.conn.mistakes.ignoresLostLease) this.end(kept, "gone");
      return;
    }
    const { now } = this.conn;
    kept.deadline = now + ttl * SECOND;
    kept.nextAt = now + Math.floor((ttl * SECOND) / 3);
    for (const { onRenewed } of kept.users) onRenewed?.(response);
  }

  ended(error: ApiError): void {
    const { conn } = this;
    const failed = this.stream?.endpoint ?? 0;
    this.stream = null;
    if (error.message === Errors.noLeader.message) {
      for (const { users } of this.kept()) {
        for (const user of users) if (user.requireLeader) user.end("no leader");
      }
    }
    // gRPC's balancer gives every new stream to the next member.
    conn.leave(failed);
    // Known mistake C7: a stream that broke was the last, and all leases end in time.
    if (!conn.mistakes.leavesKeepAliveBroken) this.openLater();
  }

  // ---- the leases --------------------------------------------------------------------------------

  /** Those that somebody still wants. */
  private kept(): KeptLease[] {
    for (const [id, { users }] of this.leases) if (users.length === 0) this.leases.delete(id);
    return [...this.leases.values()];
  }

  private lookAtDeadlines(): void {
    const { conn } = this;
    const { now } = conn;
    // Known mistake C5: nobody learns that the lease may be lost.
    if (!conn.mistakes.ignoresLostLease) {
      for (const kept of this.kept()) if (kept.deadline < now) this.end(kept, "unanswered");
    }
    this.conn.after(DEADLINE_EVERY_US, () => this.lookAtDeadlines());
  }

  private end(kept: KeptLease, why: LeaseEnd): void {
    this.leases.delete(kept.id);
    for (const user of kept.users) user.end(why);
  }
}
