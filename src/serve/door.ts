import type { ConcurrencyCall } from "../api/concurrency-requests.ts";
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

  /** @param onLogged null: nobody wants to know */
  constructor(
    pacer: Pacer,
    member: number,
    speed: number,
    certificate: string | null,
    onLogged: OnLogged | null,
  ) {
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
    const listener =
      this.log === null
        ? { onReply }
        : {
            onReply: (reply: Reply<ServiceResponse>) => {
              this.log?.end(id, reply.error);
              onReply(reply);
            },
          };
    pacer.take({ kind: "call", id, client, member, token, timeoutUs: virtual, request }, listener);
    return id;
  }

  /** A call of the Lock or Election service. */
  program(call: ConcurrencyCall, { token }: Metadata, listener: ProgramListener): number {
    const { pacer, client, member } = this;
    const id = pacer.nextId();
    this.log?.begin(id, call.type);
    pacer.take(
      { kind: "program", id, client, member, token, call },
      {
        ...listener,
        onResult: (response, error) => {
          this.log?.end(id, error);
          listener.onResult(response, error);
        },
      },
    );
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
    pacer.take(
      { kind: "open", id, client, member, method, token, requireLeader },
      {
        ...listener,
        onEnd: (error) => {
          this.log?.end(id, error);
          listener.onEnd(error);
        },
      },
    );
    return id;
  }

  send(id: number, request: StreamRequest): void {
    this.pacer.take({ kind: "send", id, request });
  }

  consumed(id: number, bytes: number): void {
    this.pacer.take({ kind: "consumed", id, bytes });
  }

  close(id: number): void {
    this.log?.end(id, null);
    this.pacer.take({ kind: "close", id });
  }

  /** The connection is closed, and all that was open on it. */
  gone(): void {
    this.log?.allGone();
    this.pacer.take({ kind: "gone", client: this.client });
  }
}
