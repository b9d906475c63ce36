import type { ConcurrencyCall } from "../../api/concurrency-requests.ts";
import { CONCURRENCY_METHODS } from "../../api/wire/concurrency-methods.ts";
import type { Door } from "../door.ts";
import type { Exchange } from "./exchange.ts";
import type { Metadata } from "./metadata.ts";
import { OneRequest } from "./one-request.ts";

/** A call of the Lock or Election service: one request, and one response, or, of `observe`, many. */
export class ConcurrencyHandler extends OneRequest<unknown> {
  private readonly type: ConcurrencyCall["type"];

  constructor(exchange: Exchange, door: Door, type: ConcurrencyCall["type"], metadata: Metadata) {
    super(exchange, door, metadata, CONCURRENCY_METHODS[type].request);
    this.type = type;
  }

  protected refusal(): null {
    return null;
  }

  protected begin(request: unknown): number {
    const { exchange, door, type, metadata } = this;
    const { response: of } = CONCURRENCY_METHODS[type];
    return door.program({ type, request } as ConcurrencyCall, metadata, {
      onResult: (response, error) => {
        this.answered();
        if (error !== null) exchange.end(error);
        else exchange.respond(of, response);
      },
      onLeader: (response) => exchange.send(of, response),
    });
  }
}
