import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { op, rangeRequest } from "../../src/api/build.ts";
import type { ApiError } from "../../src/api/errors.ts";
import type {
  RangeChunk,
  RangeRequest,
  RangeStreamResponse,
  SortOrder,
  SortTarget,
} from "../../src/api/requests.ts";
import { Streaming } from "../member/support/streaming-member.ts";
import { RealServer } from "./real.ts";
import { JUDGES, PROGRAMS, SEED, TIMEOUT_MS } from "./setting.ts";

/** Sizes of values around half of and twice the largest request over the number of keys in a part. */
const SIZES = [0, 10, 900, 2_000, 7_000];
const KEYS = 400;
const MAX_REQUEST_BYTES = 16_384;

const keyOf = (i: number) => `k${String(i).padStart(4, "0")}`;
const key = fc.integer({ min: 0, max: KEYS }).map(keyOf);

/** Revisions up to one that is yet to come; what is up to the first third is compacted. */
const COMPACTED = Math.floor(KEYS / 3);
const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, { arbitrary: other, weight: 1 });
const requests = fc
  .record({
    key: fc.oneof(
      { arbitrary: key, weight: 2 },
      { arbitrary: mostly("\0", fc.constant("")), weight: 3 },
    ),
    rangeEnd: fc.oneof(
      { arbitrary: key, weight: 1 },
      { arbitrary: mostly("\0", fc.constant("")), weight: 3 },
    ),
    limit: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 90 })),
    revision: fc.oneof(
      { arbitrary: fc.constant(0), weight: 2 },
      { arbitrary: fc.integer({ min: COMPACTED - 5, max: KEYS + 2 }), weight: 1 },
    ),
    sortOrder: mostly<SortOrder>("NONE", fc.constantFrom("ASCEND", "DESCEND")),
    sortTarget: mostly<SortTarget>("KEY", fc.constant("MOD")),
    serializable: fc.boolean(),
    keysOnly: mostly(false, fc.constant(true)),
    countOnly: mostly(false, fc.constant(true)),
    minModRevision: mostly(0, fc.constant(7)),
  })
  .map((fields): RangeRequest => ({ ...rangeRequest(fields.key), ...fields }));

/** What is the same wherever it is asked. */
function shown(chunks: readonly RangeChunk[], error: ApiError | null): unknown {
  return {
    chunks: chunks.map(({ header, kvs, more, count }) => ({
      ...{ more, count, revision: header?.revision ?? null },
      kvs: kvs.map(
        (kv) => `${kv.key} ${kv.modRevision} ${kv.version} ${kv.value.length} ${kv.lease}`,
      ),
    })),
    error: error === null ? null : `${error.code}: ${error.message}`,
  };
}

function askReal(real: RealServer, request: RangeRequest): Promise<unknown> {
  return new Promise((done, fail) => {
    const chunks: RangeChunk[] = [];
    const stream = real.grpc.stream("rangeStream", "", {
      message: (response) => chunks.push((response as RangeStreamResponse).rangeResponse),
      end: (error) => done(shown(chunks, error)),
      broken: fail,
    });
    stream.send(request);
    stream.end();
  });
}

function askOurs(ours: Streaming, request: RangeRequest): unknown {
  const { chunks, error } = ours.stream(request);
  return shown(chunks, error);
}

for (const judge of JUDGES) {
  describe.skipIf(judge.version === "")(`ranges in parts against a real etcd ${judge.name}`, () => {
    let real: RealServer;
    const settings = { serverVersion: judge.version, maxRequestBytes: MAX_REQUEST_BYTES };
    const ours = new Streaming(settings);
    let parts = 0;

    beforeAll(async () => {
      real = await RealServer.start(judge.folder, `--max-request-bytes=${MAX_REQUEST_BYTES}`);
      for (let i = 0; i < KEYS; i++) {
        const put = op.put(
          keyOf(i),
          "v".repeat(SIZES[Math.floor(i / 37) % SIZES.length] as number),
        );
        ours.get(put);
        await real.ask(put, "");
      }
      const compaction = {
        type: "compaction",
        request: { revision: COMPACTED, physical: true },
      } as const;
      ours.get(compaction);
      await real.ask(compaction, "");
    });

    afterAll(async () => {
      await real?.stop();
      console.log(`${judge.version}: ${parts} parts of RangeStream compared`);
    });

    property.prop([requests], { seed: SEED, numRuns: PROGRAMS })(
      "the same parts, the same revision, count and errors",
      async (request) => {
        const theirs = await askReal(real, request);
        parts += (theirs as { chunks: unknown[] }).chunks.length;
        expect(askOurs(ours, request)).toEqual(theirs);
      },
      TIMEOUT_MS,
    );
  });
}
