import type { ConcurrencyCall } from "../api/concurrency-requests.ts";
import type { ApiError } from "../api/errors.ts";
import type { Reply } from "../api/reply.ts";
import type {
  ServiceRequest,
  ServiceResponse,
  StreamMethod,
  StreamRequest,
} from "../api/requests.ts";
import { NEVER } from "../base/time.ts";
import type { MemberFacts } from "../gateway/pages/member-facts.ts";
import type { ProgramListener, StreamListener } from "../live/live-run.ts";
import type { ConnectionFaults } from "./connection-faults.ts";
import { factsOf } from "./facts-of.ts";
import type { Metadata } from "./grpc/metadata.ts";
import type { Pacer } from "./pacer.ts";
import { type OnLogged, RequestLog } from "./request-log.ts";

/** How one connection asks one member. */
export class Door {
  readonly member: number;
  /** Whom the connection's certificate names, where that says who somebody is; else null. */
  readonly certificate: string | null;
  private readonly pacer: Pacer;
  private readonly speed: number;
  private readonly client: number;
  private readonly log: RequestLog | null;
  private readonly faults: ConnectionFaults;
  private readonly resetConnection: () => void;
  /** The methods of open streams. */
  private readonly streams = new Map<number, StreamMethod>();

  /** @param onLogged null: nobody wants to know */
  constructor(
    pacer: Pacer,
    member: number,
    speed: number,
    certificate: string | null,
    onLogged: OnLogged | null,
    faults: ConnectionFaults,
    resetConnection: () => void,
  ) {
    this.faults = faults;
    this.resetConnection = resetConnection;
    this.certificate = certificate;
    this.pacer = pacer;
    this.member = member;
    this.client = pacer.nextId();
    this.speed = speed;
    this.log = onLogged === null ? null : new RequestLog(pacer, member, this.client, onLogged);
  }

  /** Whether the member knows of a leader. */
  get seesLeader(): boolean {
    return this.pacer.run.cluster.view(this.member).lead !== 0;
  }

  facts(): MemberFacts {
    return factsOf(this.pacer.run, this.member);
  }

  call(
    request: ServiceRequest,
    { token, timeoutUs }: Metadata,
    onReply: (reply: Reply<ServiceResponse>) => void,
  ): number {
    const { pacer, client, member } = this;
    const id = pacer.nextId();
    // The client's clock is the host's.
    const virtual = timeoutUs === NEVER ? NEVER : Math.ceil(timeoutUs * this.speed);
    this.log?.begin(id, request.type);
    const answer = (reply: Reply<ServiceResponse>) => {
      this.log?.end(id, reply.error);
      if (!this.isLost(request.type, reply.error)) onReply(reply);
    };
    const refused = this.isRefused(request.type, (error) => answer({ response: null, error }));
    if (refused) return id;
    pacer.take(
      { kind: "call", id, client, member, token, timeoutUs: virtual, request },
      { onReply: answer },
    );
    return id;
  }

  /** A call of the Lock or Election service. */
  program(call: ConcurrencyCall, { token }: Metadata, listener: ProgramListener): number {
    const { pacer, client, member } = this;
    const id = pacer.nextId();
    this.log?.begin(id, call.type);
    const onResult = (response: unknown, error: ApiError | null) => {
      this.log?.end(id, error);
      if (!this.isLost(call.type, error)) listener.onResult(response, error);
    };
    const refused = this.isRefused(call.type, (error) => onResult(null, error));
    if (refused) return id;
    pacer.take({ kind: "program", id, client, member, token, call }, { ...listener, onResult });
    return id;
  }

  reset(id: number): void {
    this.log?.gone(id);
    this.pacer.take({ kind: "reset", id });
  }

  open(method: StreamMethod, { token, requireLeader }: Metadata, listener: StreamListener): number {
    const { pacer, client, member } = this;
    const id = pacer.nextId();
    this.log?.begin(id, method);
    const onEnd = (error: ApiError | null) => {
      this.log?.end(id, error);
      this.streams.delete(id);
      listener.onEnd(error);
    };
    if (this.isRefused(method, onEnd)) return id;
    this.streams.set(id, method);
    pacer.take(
      { kind: "open", id, client, member, method, token, requireLeader },
      { ...listener, onEnd },
    );
    return id;
  }

  send(id: number, request: StreamRequest): void {
    this.pacer.take({ kind: "send", id, request });
  }

  /** A message of the stream has gone out. */
  consumed(id: number, bytes: number): void {
    this.pacer.take({ kind: "consumed", id, bytes });
    const method = this.streams.get(id);
    if (method !== undefined && this.faults.cutsStream(method, id)) this.resetConnection();
  }

  close(id: number): void {
    this.log?.end(id, null);
    this.streams.delete(id);
    this.pacer.take({ kind: "close", id });
  }

  /** The connection is closed, and all that was open on it. */
  gone(): void {
    this.log?.allGone();
    this.pacer.take({ kind: "gone", client: this.client });
  }

  // ---- faults of the connection ------------------------------------------------------------------

  /** What failed has its answer: what is lost is that of a call that was carried out. */
  private isLost(method: string, error: ApiError | null): boolean {
    const how = error === null ? this.faults.losesAnswer(method) : null;
    if (how === "reset") this.resetConnection();
    return how !== null;
  }

  /** Calls back later, as a member does. */
  private isRefused(method: string, onEnd: (error: ApiError) => void): boolean {
    const error = this.faults.refusal(method);
    if (error !== null) setImmediate(onEnd, error);
    return error !== null;
  }
}
