import type { ApiError } from "../api/errors.ts";
import { MILLISECOND } from "../base/time.ts";
import type { Pacer } from "./pacer.ts";

/** A request, or the end of a stream, as it is logged. */
export interface LoggedRequest {
  /** Virtual time when it ended, and how long it took. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly member: string;
  /** The connection's number. */
  readonly client: number;
  /** Its type as api/wire's tables have it: "put", "watch", "health". */
  readonly method: string;
  /** gRPC's; "Canceled": its client went away, or gave it up. */
  readonly code: string;
  /** "": all was well. */
  readonly error: string;
}

export type OnLogged = (request: LoggedRequest) => void;

/** Takes down what is asked on one connection until it is answered. */
export class RequestLog {
  private readonly pacer: Pacer;
  private readonly member: number;
  private readonly client: number;
  private readonly onLogged: OnLogged;
  private readonly begun = new Map<number, { readonly method: string; readonly at: number }>();

  constructor(pacer: Pacer, member: number, client: number, onLogged: OnLogged) {
    this.pacer = pacer;
    this.member = member;
    this.client = client;
    this.onLogged = onLogged;
  }

  begin(id: number, method: string): void {
    this.begun.set(id, { method, at: this.pacer.run.now });
  }

  end(id: number, error: ApiError | null): void {
    this.log(id, error?.code ?? "OK", error?.message ?? "");
  }

  gone(id: number): void {
    this.log(id, "Canceled", "the client went away");
  }

  allGone(): void {
    for (const id of [...this.begun.keys()]) this.gone(id);
  }

  private log(id: number, code: string, error: string): void {
    const { member, client, begun } = this;
    const request = begun.get(id);
    if (request === undefined) return;
    begun.delete(id);
    const { now } = this.pacer.run;
    this.onLogged({
      atMs: now / MILLISECOND,
      tookMs: (now - request.at) / MILLISECOND,
      ...{ member: `m${member}`, client, method: request.method, code, error },
    });
  }
}
