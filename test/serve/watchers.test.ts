import { connect as connectHttp2 } from "node:http2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { putRequest } from "../../src/api/build.ts";
import type { WatchResponse } from "../../src/api/requests.ts";
import { decode, encode } from "../../src/api/wire/message.ts";
import { METHODS } from "../../src/api/wire/method-table.ts";
import { FrameReader } from "../../src/serve/grpc/frames.ts";
import { Serving } from "./serving.ts";

let serving: Serving;
beforeEach(async () => {
  serving = await Serving.start({ members: 1 });
});
afterEach(() => serving.stop());

const CREATE = {
  ...{ key: "a", rangeEnd: "", startRevision: 0, progressNotify: false, filters: [] },
  ...{ prevKv: false, watchId: 0, fragment: false },
};
const put = (bytes: number) =>
  ({ type: "put", request: putRequest("a", new Uint8Array(bytes)) }) as const;

/** Waits until something holds, as long as a test may take. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 5));
}

describe("watchers", () => {
  test("a thousand, on fifty streams of one connection, all hear of a put", async () => {
    const client = serving.client();
    let created = 0;
    let heard = 0;
    for (let n = 0; n < 50; n++) {
      const stream = client.stream("watch", "", {
        message: (response) => {
          if ((response as WatchResponse).created) created++;
          heard += (response as WatchResponse).events.length;
        },
        end: () => undefined,
        broken: () => undefined,
      });
      for (let i = 0; i < 20; i++) stream.send({ type: "create", request: CREATE });
    }
    await until(() => created === 1_000);
    await client.unary(put(10), "");
    await until(() => heard >= 1_000);
    expect(heard).toBe(1_000);
  });

  test("one that does not read holds nobody up, and has missed nothing when it reads", async () => {
    const session = connectHttp2(serving.server.endpoint(1));
    const stream = session.request({
      ":method": "POST",
      ":path": METHODS.watch.path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const message = encode(METHODS.watch.request, { type: "create", request: CREATE });
    const frame = Buffer.concat([Buffer.alloc(5), message]);
    frame.writeUInt32BE(message.length, 1);
    stream.write(frame);
    await new Promise((done) => stream.once("data", done));
    stream.pause();
    const client = serving.client();
    const count = 60;
    for (let n = 0; n < count; n++) {
      expect(await client.unary(put(50_000), "")).toMatchObject({ type: "put" });
    }
    const revisions: number[] = [];
    const reader = new FrameReader(1 << 24);
    let arrived = 0;
    stream.on("data", (piece: Buffer) => {
      arrived += piece.length;
      reader.read(piece, (bytes) => {
        const { events } = decode(METHODS.watch.response, bytes);
        revisions.push(...events.map(({ kv }) => kv.modRevision));
      });
    });
    stream.resume();
    await until(() => revisions.length === count);
    expect(revisions).toEqual(Array.from({ length: count }, (_, i) => i + 2));
    expect(arrived).toBeGreaterThan(count * 50_000);
    session.destroy();
  });
});
