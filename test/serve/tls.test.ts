import { readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { putRequest, rangeRequest } from "../../src/api/build.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import type { GrpcClient } from "../support/grpc-client.ts";
import { Serving } from "./serving.ts";

const file = (name: string) => readFileSync(join(import.meta.dirname, "certificates", name));
const pair = (name: string) => ({ cert: file(`${name}.pem`), key: file(`${name}.key`) });
const ca = file("ca.pem");

const started: Serving[] = [];
afterEach(() => {
  for (const serving of started.splice(0)) serving.stop();
});

async function serving(clientCertAuth: boolean): Promise<Serving> {
  const tls = { ...pair("server"), ca, requestCert: true, rejectUnauthorized: clientCertAuth };
  const made = await Serving.start({}, { tls });
  started.push(made);
  return made;
}

const put = (client: GrpcClient, key: string, token = "") =>
  client.unary({ type: "put", request: putRequest(key, utf8Encode("1")) }, token);

async function withUsers(root: GrpcClient): Promise<void> {
  const noPassword = { password: "", hashedPassword: "", options: { noPassword: true } };
  for (const name of ["root", "ann"]) {
    await root.unary({ type: "authUserAdd", request: { name, ...noPassword } }, "");
  }
  await root.unary({ type: "authRoleAdd", request: { name: "root" } }, "");
  await root.unary({ type: "authRoleAdd", request: { name: "writer" } }, "");
  const permission = { permType: "READWRITE", key: "a", rangeEnd: "" } as const;
  await root.unary(
    { type: "authRoleGrantPermission", request: { name: "writer", permission } },
    "",
  );
  await root.unary({ type: "authUserGrantRole", request: { user: "root", role: "root" } }, "");
  await root.unary({ type: "authUserGrantRole", request: { user: "ann", role: "writer" } }, "");
  await root.unary({ type: "authEnable", request: {} }, "");
}

describe("over TLS", () => {
  test("gRPC and HTTP/1 are served on one port", async () => {
    const { server } = await serving(false);
    const client = (started[0] as Serving).client(1, { ca });
    expect(await put(client, "a")).toMatchObject({ type: "put" });
    const status = await new Promise((done, failed) => {
      const { port } = new URL(server.endpoint(1));
      const sent = httpsRequest({ host: "127.0.0.1", port, path: "/nothing", ca }, (response) => {
        response.resume();
        done(response.statusCode);
      });
      sent.on("error", failed);
      sent.end();
    });
    expect(status).toBe(404);
  });

  test("whom the certificate names is who asks, where certificates are asked for", async () => {
    const made = await serving(true);
    const root = made.client(1, { ca, ...pair("root") });
    const ann = made.client(2, { ca, ...pair("ann") });
    await withUsers(root);
    expect(await put(ann, "a")).toMatchObject({ type: "put" });
    expect(await put(ann, "b")).toMatchObject({ code: "PermissionDenied" });
    expect(await put(root, "b")).toMatchObject({ type: "put" });
    const range = { type: "range", request: rangeRequest("b") } as const;
    expect(await ann.unary(range, "")).toMatchObject({ code: "PermissionDenied" });
    // A token says more than a certificate.
    expect(await put(root, "b", "nonsense.1")).toMatchObject({ code: "Unauthenticated" });
  });

  test("where nobody has to show one, a certificate names nobody", async () => {
    const made = await serving(false);
    await withUsers(made.client(1, { ca, ...pair("root") }));
    const root = made.client(1, { ca, ...pair("root") });
    expect(await put(root, "a")).toMatchObject({ message: "etcdserver: user name is empty" });
  });

  test.each([
    ["without a certificate", { ca }],
    ["without TLS", null],
  ])("who comes %s is not served, and the others are", async (_what, tls) => {
    const made = await serving(true);
    const endpoint = made.server.endpoint(1);
    const socket = made.socket(1);
    const refused = await new Promise((done) => {
      if (tls === null) {
        socket.on("error", done);
        socket.on("close", done);
        socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      } else {
        socket.destroy();
        const { hostname: host, port } = new URL(endpoint);
        const sent = httpsRequest({ host, port, path: "/version", ...tls }, () => done("served"));
        sent.on("error", done);
        sent.end();
      }
    });
    expect(refused).not.toBe("served");
    expect(await put(made.client(1, { ca, ...pair("ann") }), "a")).toMatchObject({ type: "put" });
  });
});
