import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import type { StreamResponse } from "../../../src/api/requests.ts";
import { KeepAliveStreams } from "../../../src/member/services/keep-alive-streams.ts";
import type { Renewing } from "../../../src/member/services/lease.ts";

const HEADER = { clusterId: 1n, memberId: 1n, revision: 1, raftTerm: 1 };

/** One open stream, 5, whose renewals end when the test says so. */
class Served {
  readonly asked: { readonly id: bigint; readonly cause: number; readonly to: Renewing }[] = [];
  readonly said: (bigint | string)[] = [];
  readonly host = {
    cause: 0,
    push: (_stream: number, { response }: StreamResponse) =>
      this.said.push("id" in response ? response.id : -1n),
  };
  readonly streams = new KeepAliveStreams(
    this.host,
    {
      keepAlive: (_token, { id }, to) => void this.asked.push({ id, cause: this.host.cause, to }),
    },
    (_stream, error) => this.said.push(error?.message ?? "the end"),
  );

  constructor() {
    this.streams.open(5, "");
  }

  ask(id: bigint, cause: number): void {
    this.host.cause = cause;
    this.streams.request(5, { type: "leaseKeepAlive", request: { id } });
  }

  answer(n: number): void {
    const { id, to } = this.asked[n] as (typeof this.asked)[0];
    to.done({ header: HEADER, id, ttl: 5 });
  }
}

describe("a keep-alive stream of a member", () => {
  test("reads a request when the one before is answered, and not earlier", () => {
    const served = new Served();
    for (const id of [1n, 2n, 3n]) served.ask(id, Number(id));
    expect(served.asked.map(({ id }) => id)).toEqual([1n]);
    served.answer(0);
    expect(served.asked.map(({ id }) => id)).toEqual([1n, 2n]);
    served.answer(1);
    served.answer(2);
    expect(served.said).toEqual([1n, 2n, 3n]);
  });

  test("renews in the name of the step that the request came in", () => {
    const served = new Served();
    served.ask(1n, 10);
    served.ask(2n, 20);
    served.host.cause = 30;
    served.answer(0);
    expect(served.asked.map(({ cause }) => cause)).toEqual([10, 20]);
    expect(served.host.cause).toBe(30);
  });

  test("ends with the first renewal that fails, for all that waits on it", () => {
    const served = new Served();
    served.ask(1n, 1);
    served.ask(2n, 1);
    served.asked[0]?.to.fail(Errors.timeout);
    expect(served.said).toEqual([Errors.timeout.message]);
    expect(served.asked.length).toBe(1);
  });

  test("says nothing more when its client is gone", () => {
    const served = new Served();
    served.ask(1n, 1);
    served.ask(2n, 1);
    served.streams.close(5);
    served.answer(0);
    expect(served.said).toEqual([]);
    expect(served.asked.length).toBe(1);
  });
});
