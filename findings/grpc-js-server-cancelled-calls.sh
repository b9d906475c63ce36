#!/usr/bin/env bash
# @grpc/grpc-js 1.14.7 as a server: a client that cancels calls as it may loses its connection, and with it calls that
# it did not cancel.
#
# node:http2 counts the streams that a client resets, as nghttp2 has done since 1.57: 1,000 at once and 33 a second after that are
# fine, and one more ends the connection with GOAWAY, INTERNAL_ERROR. Cancelling is how gRPC ends a watch or a call that
# lost a race, so that a busy client is cut off for nothing that is against the protocol. grpc-js gives its users no way to raise
# the figures, and on Node 20 there is none at all (`streamResetBurst` came later); grpc-go's server, which the
# same client talks to elsewhere, has no such count.
#
# Seen on Node 20.20.2: of one call that waits and 1,500 that are cancelled, one after the other has begun, the one that
# waits ends with INTERNAL; with 500 it goes on. Exits 0 if it is still so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7 >/dev/null
cat >cancelled.mjs <<'JS'
import grpc from "@grpc/grpc-js";

const bytes = (value) => value;
const service = {
  wait: {
    path: "/test.Waiting/Wait",
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  },
};
const server = new grpc.Server();
// Nothing is answered: who asks waits until it has had enough.
server.addService(service, { wait: () => undefined });
const port = await new Promise((done, failed) =>
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
    error ? failed(error) : done(bound),
  ),
);
const Client = grpc.makeGenericClientConstructor(service, "Waiting");

async function outcome(cancelled) {
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  let ended = null;
  const waiting = client.wait(Buffer.from("x"), (error) => {
    ended ??= error?.code ?? 0;
  });
  for (let begun = 0; begun < cancelled && ended === null; begun += 50) {
    const calls = Array.from({ length: 50 }, () => client.wait(Buffer.from("x"), () => undefined));
    await new Promise((done) => setTimeout(done, 10));
    for (const call of calls) call.cancel();
  }
  await new Promise((done) => setTimeout(done, 300));
  const found = ended;
  waiting.cancel();
  client.close();
  return found === null ? "goes on" : grpc.status[found];
}

const few = await outcome(500);
const many = await outcome(1500);
server.forceShutdown();
console.log(`node ${process.version}: after 500 cancelled calls the one that waits: ${few}; after 1500: ${many}`);
process.exit(few === "goes on" && many !== "goes on" ? 0 : 1);
JS
timeout 60 node cancelled.mjs
