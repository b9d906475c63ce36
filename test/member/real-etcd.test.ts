import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteRangeRequest, rangeRequest } from "../../src/api/build.ts";
import { Errors, GrpcCode } from "../../src/api/errors.ts";
import type { AlarmAction, AlarmType, RequestOp, ServiceRequest } from "../../src/api/requests.ts";
import { MILLISECOND } from "../../src/base/time.ts";
import { RealEtcd, releases } from "../support/real-etcd.ts";
import {
  AUTH_ON,
  alarm,
  alarms,
  compact,
  defragment,
  grant,
  hash,
  hashKv,
  idOf,
  moveLeader,
  put,
  revoke,
  status,
  txn,
} from "./support/asks.ts";
import { Lone } from "./support/lone-member.ts";

type Json = Readonly<Record<string, unknown>>;

const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64");
const A = { key: base64("a"), value: base64("1") };
const read = (key: string) => ({ type: "range", request: rangeRequest(key) }) as const;
const remove = (key: string) =>
  ({ type: "deleteRange", request: deleteRangeRequest(key) }) as const;
const nested = (inner: RequestOp) => txn({ type: "txn", request: txn(inner).request });

/** A real etcd over its JSON gateway, with its member's id written as ours. */
class Judge {
  id = "";
  private readonly etcd: RealEtcd;

  private constructor(etcd: RealEtcd) {
    this.etcd = etcd;
  }

  static async start(folder: string, directory: string, ...flags: string[]): Promise<Judge> {
    const judge = new Judge(await RealEtcd.startOf(folder, directory, ...flags));
    const { header } = await judge.ask("maintenance/status", {});
    judge.id = (header as { member_id: string }).member_id;
    return judge;
  }

  async ask(path: string, body: Json): Promise<Json> {
    const own = JSON.stringify(body).replaceAll('"self"', `"${this.id}"`);
    const response = await fetch(`${this.etcd.endpoint}/v3/${path}`, {
      method: "POST",
      body: own,
    });
    const text = await response.text();
    return JSON.parse(this.id === "" ? text : text.replaceAll(this.id, "1")) as Json;
  }

  ctl(args: readonly string[]): string {
    return this.etcd.ctl(args);
  }

  stop(): Promise<void> {
    return this.etcd.stop();
  }
}

/** Puts of 8 kB until 256 KiB are full, at the most. */
const FILLING_MAX = 1_000;

/** What protobuf's Go code makes of an alarm has, in 3.7, one space or two, as the build would have it. */
function evenlySpaced(text: string): string {
  return text.replace(/ +/g, " ").trim();
}

/** What of an answer can be compared: the error, or alarms. */
function shownOf(answer: Json): unknown {
  // The gateways of 3.4 and 3.5 say it twice, as "error" and as "message".
  if (answer["code"] !== undefined) return { error: answer["message"], code: answer["code"] };
  if (answer["errors"] !== undefined) {
    return { errors: (answer["errors"] as string[]).map(evenlySpaced) };
  }
  const list = (answer["alarms"] ?? []) as { memberID?: string; alarm?: string }[];
  return list.map(({ memberID = "0", alarm: type = "NONE" }) => `${memberID} ${type}`);
}

function shown(lone: Lone, request: ServiceRequest): unknown {
  const { response, error } = lone.ask1(request);
  if (error !== null) return { error: error.message, code: GrpcCode[error.code] };
  if (response?.type === "status" && response.response.errors.length > 0) {
    const asFirst = (text: string) => evenlySpaced(text).replace(String(idOf(1)), "1");
    return { errors: response.response.errors.map(asFirst) };
  }
  if (response?.type !== "alarm") return [];
  return response.response.alarms.map(
    ({ memberId, alarm: type }) => `${memberId === idOf(1) ? "1" : memberId} ${type}`,
  );
}

type Row = readonly [path: string, body: Json, request: ServiceRequest];

const about = (action: AlarmAction, type: AlarmType, member: bigint): Row => [
  "maintenance/alarm",
  { action, alarm: type, memberID: member === idOf(1) ? "self" : String(member) },
  alarm(action, type, member),
];
const STATUS: Row = ["maintenance/status", {}, status];
const requestPut = { requestPut: A };
const requestRange = { requestRange: { key: A.key } };

/** One of everything that an alarm may stop; then the alarms as they are. */
const ALL: readonly Row[] = [
  ["kv/put", A, put("a", "1")],
  ["kv/range", { key: A.key }, read("a")],
  ["kv/txn", { success: [requestRange] }, txn(read("a"))],
  ["kv/txn", { success: [requestPut] }, txn(put("a", "1"))],
  [
    "kv/txn",
    { failure: [requestPut] },
    { type: "txn", request: { compare: [], success: [], failure: [put("a", "1")] } },
  ],
  ["kv/txn", { success: [{ requestTxn: { success: [requestPut] } }] }, nested(put("a", "1"))],
  ["kv/txn", { success: [{ requestTxn: { success: [requestRange] } }] }, nested(read("a"))],
  ["kv/txn", { success: [{ requestDeleteRange: { key: A.key } }] }, txn(remove("a"))],
  ["kv/deleterange", { key: A.key }, remove("a")],
  ["lease/grant", { TTL: 100, ID: 7 }, grant(7n)],
  ["lease/revoke", { ID: 7 }, revoke(7n)],
  ["kv/compaction", { revision: 1 }, compact(1)],
  STATUS,
];

const ROWS: readonly Row[] = [
  about("GET", "NONE", 0n),
  about("ACTIVATE", "CORRUPT", idOf(1)),
  about("ACTIVATE", "CORRUPT", idOf(1)),
  ...ALL,
  about("GET", "NOSPACE", 0n),
  about("DEACTIVATE", "CORRUPT", 0n),
  about("DEACTIVATE", "CORRUPT", idOf(1)),
  about("DEACTIVATE", "CORRUPT", idOf(1)),
  about("ACTIVATE", "NOSPACE", 5n),
  ...ALL,
  about("GET", "NOSPACE", 0n),
  about("DEACTIVATE", "NOSPACE", 5n),
  ...ALL,
  about("ACTIVATE", "CORRUPT", 0n),
  STATUS,
  about("GET", "NONE", 0n),
  about("DEACTIVATE", "CORRUPT", 0n),
  ["maintenance/transfer-leadership", { targetID: "5" }, moveLeader(5n)],
  ["maintenance/transfer-leadership", { targetID: "self" }, moveLeader(idOf(1))],
  ["maintenance/defragment", {}, defragment],
];

const here = releases();

describe.each(here)("maintenance, beside a real etcd $version", ({ version, folder }) => {
  const is34 = version.startsWith("3.4.");
  const bugs = is34 ? ["B6"] : [];
  let directory = "";
  let judge: Judge;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "detcd-"));
    judge = await Judge.start(folder, join(directory, "plain"));
  });

  afterAll(async () => {
    await judge?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("alarms stop the same requests, with the same errors, and are told alike", async () => {
    const lone = new Lone({ bugs });
    for (const [n, [path, body, request]] of ROWS.entries()) {
      const theirs = shownOf(await judge.ask(path, body));
      expect(shown(lone, request), `${n}: ${path} ${JSON.stringify(body)}`).toEqual(theirs);
    }
    const [answer] = JSON.parse(judge.ctl(["endpoint", "hashkv", "-w", "json"])) as [
      { HashKV: { header: { revision: number }; hash: number } },
    ];
    const { hash: own, header } = lone.get(hashKv(0));
    expect([header.revision, own]).toEqual([answer.HashKV.header.revision, answer.HashKV.hash]);
  });

  test("a full database is emptied the same way", async () => {
    const full = await Judge.start(
      folder,
      join(directory, "full"),
      "--quota-backend-bytes",
      "262144",
    );
    try {
      const lone = new Lone({ quotaBytes: 262_144 });
      const value = "x".repeat(8000);
      const big: Row = ["kv/put", { key: A.key, value: base64(value) }, put("a", value)];
      const both = async ([path, body, request]: Row): Promise<readonly [unknown, unknown]> => [
        shown(lone, request),
        shownOf(await full.ask(path, body)),
      ];
      // How soon it is full depends on how the pages lie, and in etcd on when it commits.
      let [own, theirs] = [0, 0];
      while (own < FILLING_MAX && Array.isArray(shown(lone, big[2]))) {
        own++;
        lone.pass(150 * MILLISECOND);
      }
      while (theirs < FILLING_MAX && Array.isArray(shownOf(await full.ask(big[0], big[1])))) {
        theirs++;
        await new Promise((done) => setTimeout(done, 5));
      }
      expect(own).toBeLessThan(FILLING_MAX);
      expect(theirs).toBeLessThan(FILLING_MAX);
      const same = async (row: Row) => {
        const [mine, real] = await both(row);
        expect(mine, row[0]).toEqual(real);
      };
      await same(big);
      await same(["maintenance/alarm", {}, alarms]);
      await same(STATUS);
      expect(lone.error(compact(lone.member.view().revision, true))).toBeNull();
      full.ctl(["compact", "--physical", String(theirs + 1)]);
      await same(big);
      await same(["maintenance/defragment", {}, defragment]);
      await same(big);
      await same(about("DEACTIVATE", "NOSPACE", idOf(1)));
      await same(big);
      await same(["maintenance/alarm", {}, alarms]);
    } finally {
      await full.stop();
    }
  });

  test.runIf(is34)("without a token only alarms, members and the status were told", async () => {
    const [lone, later] = [new Lone({ bugs: ["A8"] }), new Lone()];
    for (const step of AUTH_ON) {
      lone.get(step);
      later.get(step);
    }
    for (const typed of [
      "user add root:r",
      "role add root",
      "user grant-role root root",
      "auth enable",
    ]) {
      judge.ctl(typed.split(" "));
    }
    const asked: readonly Row[] = [
      STATUS,
      ["maintenance/alarm", {}, alarms],
      about("ACTIVATE", "CORRUPT", 5n),
      ["cluster/member/list", {}, { type: "memberList", request: { linearizable: true } }],
      ["lease/leases", {}, { type: "leaseLeases", request: {} }],
      ["maintenance/defragment", {}, defragment],
      ["maintenance/hash", {}, hash],
    ];
    for (const [path, body, request] of asked) {
      // 3.4 has no words of its own for it here: "auth: user name is empty".
      const refused = (await judge.ask(path, body))["code"] !== undefined;
      expect(lone.error(request) !== null, path).toBe(refused);
      expect(later.error(request), path).toBe(Errors.userEmpty);
    }
  });
});

if (here.length === 0)
  test.skip("maintenance: no etcd in PATH, none in the cache", () => undefined);
