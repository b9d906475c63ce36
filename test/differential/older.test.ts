import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rangeRequest } from "../../src/api/build.ts";
import { Errors } from "../../src/api/errors.ts";
import { CURRENT_LINE, RELEASES } from "../../src/profile/lines.ts";
import { errorJson } from "./answers.ts";
import type { Call } from "./calls.ts";
import type { JsonObject } from "./json.ts";
import { BCRYPT_COST, OurServer } from "./ours.ts";
import { RealServer } from "./real.ts";
import { JUDGES, type Judge } from "./setting.ts";

const grant = (key: string, rangeEnd: string): Call => ({
  type: "authRoleGrantPermission",
  request: { name: "r", permission: { permType: "WRITE", key, rangeEnd } },
});
const DONE: JsonObject = { header: { revision: "1" } };
const DENIED = errorJson(Errors.permissionDenied);
const REFUSED = errorJson(Errors.invalidAuthManagement);

interface Row {
  readonly what: string;
  readonly call: Call;
  /** By u, who has the role r; else by root. */
  readonly byUser?: boolean;
  readonly answer: JsonObject;
  readonly later: JsonObject;
}

/**
 * What 3.4 does in its own way and the random programs keep away from: what such grants open when they
 * stand among others hangs on the shape of etcd's tree of ranges.
 */
const ROWS: readonly Row[] = [
  {
    what: "a range that ends before it begins",
    call: grant("b", "a"),
    answer: DONE,
    later: REFUSED,
  },
  { what: "a range without a key", call: grant("c", "c"), answer: DONE, later: REFUSED },
  { what: "an empty key", call: grant("", "a"), answer: DONE, later: REFUSED },
  {
    what: "and none of them opens anything",
    call: { type: "range", request: rangeRequest("0") },
    byUser: true,
    answer: DENIED,
    later: DENIED,
  },
];

const SET_UP: readonly Call[] = [
  ...["root", "u"].map((name) => user(name)),
  ...["root", "r"].map((name): Call => ({ type: "authRoleAdd", request: { name } })),
  { type: "authUserGrantRole", request: { user: "root", role: "root" } },
  { type: "authUserGrantRole", request: { user: "u", role: "r" } },
  { type: "authEnable", request: {} },
];

function user(name: string): Call {
  const request = { name, password: name, options: null, hashedPassword: "" };
  return { type: "authUserAdd", request };
}

function signIn(name: string): Call {
  return { type: "authenticate", request: { name, password: name, simpleToken: "" } };
}

const OLDEST = JUDGES.find(({ line }) => line === "3.4") as Judge;

describe.skipIf(OLDEST.version === "")(`grants of nothing in etcd ${OLDEST.name}`, () => {
  let real: RealServer;
  const ours = new OurServer(OLDEST.version);
  const newest = new OurServer(RELEASES[CURRENT_LINE]);
  const asks: ((call: Call, token: string) => JsonObject | Promise<JsonObject>)[] = [];
  const tokens: Record<string, string>[] = [];

  beforeAll(async () => {
    real = await RealServer.start(OLDEST.folder, "--bcrypt-cost", String(BCRYPT_COST));
    asks.push(
      (call, token) => real.ask(call, token),
      (call, token) => ours.call(call, token),
      (call, token) => newest.call(call, token),
    );
    for (const ask of asks) {
      for (const call of SET_UP) expect(await ask(call, "")).toEqual(DONE);
      const [root, u] = [await ask(signIn("root"), ""), await ask(signIn("u"), "")];
      tokens.push({ root: String(root["token"]), u: String(u["token"]) });
    }
  });

  afterAll(async () => {
    await real?.stop();
  });

  test.each(ROWS)("$what", async ({ call, byUser = false, answer, later }) => {
    const answers = [];
    for (const [n, ask] of asks.entries()) {
      answers.push(await ask(call, tokens[n]?.[byUser ? "u" : "root"] ?? ""));
    }
    expect(answers).toEqual([answer, answer, later]);
  });
});
