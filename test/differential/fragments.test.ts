import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { op } from "../../src/api/build.ts";
import type { ServiceRequest, WatchCreateRequest, WatchResponse } from "../../src/api/requests.ts";
import { RealServer } from "./real.ts";
import { JUDGES, PROGRAMS, SEED, TIMEOUT_MS } from "./setting.ts";
import { Watched } from "./watched.ts";

/** A response is split where it is larger than a request may be, and half a MiB. */
const MAX_REQUEST_BYTES = 65_536;
const SIZES = [0, 10, 900, 20_000, 60_000, 64_000];
const KEYS = 12;
const WRITES = 150;
const PATIENCE_MS = 20_000;

const keyOf = (i: number) => `k${String(i).padStart(2, "0")}`;
const history: readonly ServiceRequest[] = Array.from({ length: WRITES }, (_, i) => {
  const key = keyOf((i * 5) % KEYS);
  // A key is overwritten, and now and then deleted: what was before it goes with an event, too.
  if (i % 11 === 10) return op.delete(key);
  return op.put(key, "v".repeat(SIZES[Math.floor(i / 7) % SIZES.length] as number));
});

const creations: fc.Arbitrary<WatchCreateRequest> = fc.record({
  key: fc.oneof(fc.constant("\0"), fc.integer({ min: 0, max: KEYS }).map(keyOf)),
  rangeEnd: fc.oneof(fc.constant("\0"), fc.integer({ min: 0, max: KEYS }).map(keyOf)),
  startRevision: fc.integer({ min: 1, max: WRITES + 1 }),
  filters: fc.subarray(["NOPUT", "NODELETE"] as const),
  prevKv: fc.boolean(),
  fragment: fc.oneof({ arbitrary: fc.constant(true), weight: 4 }, fc.constant(false)),
  progressNotify: fc.constant(false),
  watchId: fc.constant(0),
});

/** All that a client sees, but for the values, whose lengths are enough. */
function shown(responses: readonly WatchResponse[]): unknown {
  return responses.map(({ events, header, ...rest }) => ({
    ...rest,
    revision: header.revision,
    events: events.map(({ type, kv, prevKv }) => [
      ...[type, kv.key, kv.modRevision, kv.value.length],
      prevKv === null ? null : [prevKv.modRevision, prevKv.value.length],
    ]),
  }));
}

for (const judge of JUDGES) {
  describe.skipIf(judge.version === "")(
    `watches in parts against a real etcd ${judge.name}`,
    () => {
      let real: RealServer;
      const ours = new Watched({
        serverVersion: judge.version,
        maxRequestBytes: MAX_REQUEST_BYTES,
      });
      let responses = 0;
      let parts = 0;
      let streams = 0;

      beforeAll(async () => {
        real = await RealServer.start(judge.folder, `--max-request-bytes=${MAX_REQUEST_BYTES}`);
        for (const write of history) {
          ours.get(write);
          await real.ask(write as Parameters<RealServer["ask"]>[0], "");
        }
      });

      afterAll(async () => {
        await real?.stop();
        console.log(
          `${judge.version}: ${responses} responses of watches compared, ${parts} of them parts`,
        );
      });

      property.prop([creations], { seed: SEED, numRuns: Math.ceil(PROGRAMS / 2) })(
        "the same parts, each with the same events",
        async (request) => {
          const mine = ours.open(++streams, "");
          ours.stream({ kind: "request", streamId: streams, request: { type: "create", request } });
          ours.stream({ kind: "close", streamId: streams });
          const theirs: WatchResponse[] = [];
          const stream = real.grpc.stream("watch", "", {
            message: (response) => theirs.push(response as WatchResponse),
            end: () => undefined,
            broken: () => undefined,
          });
          stream.send({ type: "create", request });
          const until = Date.now() + PATIENCE_MS;
          while (theirs.length < mine.length && Date.now() < until) {
            await new Promise((done) => setTimeout(done, 5));
          }
          stream.end();
          responses += mine.length;
          parts += mine.filter(({ fragment }) => fragment).length;
          expect(shown(mine)).toEqual(shown(theirs));
        },
        TIMEOUT_MS,
      );
    },
  );
}
