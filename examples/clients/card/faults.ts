import type { TestCluster } from "detcd/testing";
import { Bench, type Cell, error, outcome, PATIENCE_MS, sleep, time, times } from "./bench.ts";
import type { Command, Outcome, Speaker, Told } from "./speaker.ts";

/** Something that breaks, and what is asked of the client then. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  /** What is done, in a sentence or two. */
  readonly story: string;
  readonly run: (command: Command) => Promise<Cell>;
}

const cell = (verdict: string, facts: string): Cell => ({ verdict, facts });

// ---- writes ----------------------------------------------------------------------------------------

const lostAnswer: Fault = {
  id: "lost-answer",
  title: "An answer is lost after the write",
  story:
    "A put is applied; then its connection is reset before the answer goes out. Has the client sent it again, and does it say so?",
  run: (command) =>
    Bench.use(command, { members: 1 }, async (bench) => {
      const client = await bench.client();
      await client.must("put", { key: "warm", value: "0" });
      bench.cluster.loseAnswer("put");
      const put = await client.ask("put", { key: "k", value: "1" }, PATIENCE_MS);
      await sleep(1_500);
      const written = await bench.version("k");
      const facts = `${outcome(put)}; written ${times(written)}`;
      if (put.kind === "silence") return cell("hangs", facts);
      if (put.kind === "error") return cell(written > 1 ? "resends, and tells" : "tells", facts);
      return cell(written > 1 ? "resends silently" : "ok, written once", facts);
    }),
};

/** Puts one after the other, until one hangs: what became of each, and how often each was written. */
async function puts(bench: Bench, client: Speaker, count: number): Promise<Cell> {
  const made: Outcome[] = [];
  for (let i = 1; i <= count; i++) {
    const put = await client.ask("put", { key: `k${i}`, value: "1" }, PATIENCE_MS);
    made.push(put);
    if (put.kind === "silence") break;
  }
  return judged(bench, made, count);
}

async function judged(bench: Bench, made: readonly Outcome[], count: number): Promise<Cell> {
  const ok = made.filter(({ kind }) => kind === "ok");
  const failed = made.filter(({ kind }) => kind === "error");
  const hangs = made.find(({ kind }) => kind === "silence");
  await bench.cluster.heal().catch(() => undefined);
  await bench.cluster.leader();
  const versions = await Promise.all(made.map((_, i) => bench.version(`k${i + 1}`)));
  const twice = versions.filter((version) => version > 1).length;
  const unsaid = versions.filter((version, i) => version > 0 && made[i]?.kind !== "ok").length;
  const lost = versions.filter((version, i) => version === 0 && made[i]?.kind === "ok").length;
  const slowest = Math.max(0, ...ok.map(({ ms }) => ms));
  const parts = [
    `${ok.length} of ${count} puts ok${ok.length > 0 ? `, the slowest ${time(slowest)}` : ""}`,
  ];
  if (failed.length > 0) {
    const which = [...new Set(failed.map((put) => error(put)))].slice(0, 2).join(" and ");
    const slow = Math.max(...failed.map(({ ms }) => ms));
    parts.push(`${failed.length} failed: ${which}, ${time(slow)} at the latest`);
  }
  if (hangs !== undefined) parts.push(`one hung: ${outcome(hangs)}`);
  if (twice > 0) parts.push(`${twice} written twice`);
  if (unsaid > 0) parts.push(`${unsaid} written all the same`);
  if (lost > 0) parts.push(`${lost} acknowledged and lost`);
  const facts = parts.join("; ");
  if (twice > 0) return cell("resends silently", facts);
  if (hangs !== undefined) return cell("hangs", facts);
  if (failed.length === 0) return cell("goes on", facts);
  return cell(ok.length > 0 ? "tells, then goes on" : "tells, stays there", facts);
}

/** All members are known to the client; the leader is the first of them. */
function ofLeader(
  id: string,
  title: string,
  story: string,
  breaks: (cluster: TestCluster, leader: string) => Promise<void>,
): Fault {
  const run = (command: Command) =>
    Bench.use(command, {}, async (bench) => {
      const client = await bench.client();
      for (let i = 1; i <= 4; i++) await client.must("put", { key: `warm${i}`, value: "0" });
      await breaks(bench.cluster, await bench.cluster.leader());
      return puts(bench, client, 6);
    });
  return { id, title, story, run };
}

const leaderPaused = ofLeader(
  "leader-paused",
  "The leader is paused",
  "The leader's process stands still (SIGSTOP) and keeps its connections; the others elect another one. The client knows all three members and makes six puts, one after the other.",
  (cluster, leader) => cluster.pause(leader),
);

const memberCrashes = ofLeader(
  "member-crashes",
  "The member it talks to crashes",
  "The leader crashes and stays away. The client knows all three members and makes six puts, one after the other.",
  (cluster, leader) => cluster.crash(leader),
);

const leaderCutOff = ofLeader(
  "leader-cut-off",
  "The leader is cut off from the others",
  "The leader hears nothing of the others, and its clients reach it. The client knows all three members and makes six puts, one after the other.",
  (cluster, leader) => cluster.partition([leader]),
);

const fullDatabase: Fault = {
  id: "full-database",
  title: "The database is full",
  story: "The quota is used up, and etcd refuses writes with an alarm; reads go on.",
  run: (command) =>
    Bench.use(command, { members: 1, cluster: { quota: "1MiB" } }, async (bench) => {
      const client = await bench.client();
      const { cluster } = bench;
      const big = "x".repeat(200_000);
      for (let i = 0; i < 20; i++) {
        const full = await cluster.client.put(`big${i}`, big).then(
          () => false,
          () => true,
        );
        if (full) break;
      }
      const put = await client.ask("put", { key: "k", value: "1" }, PATIENCE_MS);
      const read = await client.ask("get", { key: "big0" }, PATIENCE_MS);
      const also = read.kind === "ok" ? "reads go on" : `then a read: ${outcome(read)}`;
      const facts = `${outcome(put)}; ${also}`;
      if (put.kind === "silence") return cell("hangs", facts);
      if (put.kind === "ok") return cell("ok, though it was not written", facts);
      return cell(read.kind === "ok" ? "tells" : "tells, and reads nothing", facts);
    }),
};

const allDown: Fault = {
  id: "all-down",
  title: "All members are down, and come back",
  story:
    "All three members crash. A put is made meanwhile, and others when they have come back; a watch, opened before, is to hear of what is written then.",
  run: (command) =>
    Bench.use(command, {}, async (bench) => {
      const { cluster } = bench;
      const client = await bench.client();
      await watching(client, cluster);
      await cluster.client.put("w/1", "1");
      await client.until((told) => heard(told).length === 1, 10_000);
      for (const member of ["m1", "m2", "m3"]) await cluster.crash(member);
      const down = client.ask("put", { key: "k1", value: "1" }, 30_000);
      await sleep(6_000);
      for (const member of ["m1", "m2", "m3"]) await cluster.restart(member);
      await cluster.leader();
      const back = performance.now();
      const first = await down;
      let tries = 0;
      let last: Outcome;
      do {
        if (tries++ > 0) await sleep(250);
        last = await client.ask("put", { key: "k2", value: "1" }, PATIENCE_MS);
      } while (last.kind === "error" && performance.now() - back < 20_000);
      const backMs = performance.now() - back;
      await cluster.client.put("w/2", "2");
      const watches = await client.until((told) => heard(told).includes("2"), PATIENCE_MS);
      const wrong = client.told.find(
        ({ event }) => event === "watch-error" || event === "watch-end",
      );
      const watch = watches
        ? "its watch goes on"
        : wrong === undefined
          ? "its watch is silent, and no error came"
          : `its watch has ended: ${error(wrong)}`;
      const facts = `the put meanwhile: ${outcome(first)}; ${last.kind === "ok" ? `puts again within ${Math.ceil(backMs / 1000)} s of their return` : `no put in ${Math.round(backMs / 1000)} s of their return: ${outcome(last)}`}; ${watch}`;
      if (last.kind !== "ok") return cell("stays away", facts);
      if (watches) return cell("comes back", facts);
      return cell(wrong === undefined ? "watch silently dead" : "watch ended, and told", facts);
    }),
};

// ---- watches ---------------------------------------------------------------------------------------

const FIRST = "w/0";

/** The values of the puts that a watch has heard of, but for those that it was woken by. */
function heard(told: readonly Told[]): string[] {
  return told
    .filter(({ event, key }) => event === "put" && key !== FIRST)
    .map(({ value = "" }) => value);
}

/** A watch that stands; few libraries say when theirs does. */
async function watching(client: Speaker, { client: other }: TestCluster): Promise<void> {
  await client.must("watch", { prefix: "w/" });
  for (let tries = 0; tries < 40; tries++) {
    await other.put(FIRST, "0");
    if (await client.until((told) => told.some(({ key }) => key === FIRST), 500)) return;
  }
  throw new Error("the watch hears nothing");
}

const complaint = (client: Speaker) =>
  client.told.find(({ event }) => event === "watch-error" || event === "watch-end");

const streamCut: Fault = {
  id: "stream-cut",
  title: "A watch's stream is cut after a batch",
  story:
    "A watch has heard three puts. Its connection is reset after the fourth; the fifth happens at once, the sixth three seconds later.",
  run: (command) =>
    Bench.use(command, { members: 1 }, async (bench) => {
      const { cluster } = bench;
      const client = await bench.client();
      await watching(client, cluster);
      for (const value of ["1", "2", "3"]) await cluster.client.put(`w/${value}`, value);
      await client.until((told) => heard(told).length === 3, 10_000);
      cluster.cutStream("watch");
      await cluster.client.put("w/4", "4");
      await cluster.client.put("w/5", "5");
      await sleep(3_000);
      await cluster.client.put("w/6", "6");
      await client.until((told) => heard(told).includes("6"), PATIENCE_MS);
      return watchCell(client, ["1", "2", "3", "4", "5", "6"]);
    }),
};

function watchCell(client: Speaker, wanted: readonly string[]): Cell {
  const got = heard(client.told);
  const wrong = complaint(client);
  const told = wrong === undefined ? "no error" : error(wrong);
  const missed = wanted.filter((value) => !got.includes(value));
  const twice = got.filter((value, i) => got.indexOf(value) !== i);
  const facts = [
    `heard ${got.join(", ")}`,
    ...(missed.length > 0 ? [`missed ${missed.join(", ")}`] : []),
    ...(twice.length > 0 ? [`${twice.join(", ")} twice`] : []),
    told,
  ].join("; ");
  if (missed.length === 0) return cell(twice.length > 0 ? "repeats" : "goes on", facts);
  const last = wanted.at(-1) ?? "";
  if (wrong !== undefined)
    return cell(got.includes(last) ? "tells, and goes on" : "tells, and ends", facts);
  return cell(got.includes(last) ? "skips history" : "silently dead", facts);
}

const compacted: Fault = {
  id: "compacted",
  title: "History is compacted while it is disconnected",
  story:
    "A watch of one member has heard the first put. The member is down while four more happen, and history is compacted; when it is back, a sixth happens.",
  run: (command) =>
    Bench.use(command, {}, async (bench) => {
      const { cluster } = bench;
      const leader = await cluster.leader();
      const member = leader === "m1" ? "m2" : "m1";
      const client = await bench.client({ endpoints: [cluster.endpoint(member)] });
      await watching(client, cluster);
      await cluster.client.put("w/1", "1");
      await client.until((told) => heard(told).length === 1, 10_000);
      await cluster.crash(member);
      for (const value of ["2", "3", "4", "5"]) await cluster.client.put(`w/${value}`, value);
      await cluster.compact();
      await sleep(1_500);
      await cluster.restart(member);
      // It has caught up before anybody can ask it.
      await cluster.advance(2_000);
      await sleep(4_000);
      await cluster.client.put("w/6", "6");
      await client.until((told) => heard(told).includes("6"), PATIENCE_MS);
      return watchCell(client, ["1", "2", "3", "4", "5", "6"]);
    }),
};

/** ann may read and write what begins with `mine/`. */
async function withUsers({ client }: TestCluster): Promise<void> {
  const options = { noPassword: false };
  const hashedPassword = "";
  for (const name of ["root", "ann"]) {
    await client.ask({
      type: "authUserAdd",
      request: { name, password: "secret", hashedPassword, options },
    });
    await client.ask({ type: "authRoleAdd", request: { name } });
    await client.ask({ type: "authUserGrantRole", request: { user: name, role: name } });
  }
  const permission = { permType: "READWRITE", key: "mine/", rangeEnd: "mine0" } as const;
  await client.ask({ type: "authRoleGrantPermission", request: { name: "ann", permission } });
  await client.ask({ type: "authEnable", request: {} });
}

const ANN = { user: "ann", password: "secret" };

const watchRefused: Fault = {
  id: "watch-refused",
  title: "A watch is refused",
  story:
    "A user watches what it may not read. etcd answers that the watch was created and, at once, canceled.",
  run: (command) =>
    Bench.use(command, { members: 1 }, async (bench) => {
      await withUsers(bench.cluster);
      const client = await bench.client(ANN);
      const watch = await client.ask("watch", { prefix: "theirs/" }, PATIENCE_MS);
      const began = performance.now();
      await client.until(() => complaint(client) !== undefined, watch.kind === "ok" ? 5_000 : 0);
      const wrong = complaint(client);
      if (watch.kind === "error") return cell("tells", outcome(watch));
      if (wrong !== undefined) {
        const verdict = wrong.type === "a message" ? "has to be looked at" : "tells";
        return cell(verdict, `${error(wrong)} ${time(wrong.atMs - began)}`);
      }
      if (watch.kind === "silence")
        return cell("hangs", `the call that opens it: ${outcome(watch)}`);
      return cell("silently dead", "the watch was opened, and no error came in 5 s");
    }),
};

// ---- what lasts ------------------------------------------------------------------------------------

const tokenExpires: Fault = {
  id: "token-expires",
  title: "Its token expires",
  story:
    "A user has signed in; it is silent for longer than a token lives (five minutes), and then makes two puts.",
  run: (command) =>
    Bench.use(command, { members: 1 }, async (bench) => {
      await withUsers(bench.cluster);
      const client = await bench.client(ANN);
      await client.must("put", { key: "mine/0", value: "0" });
      await bench.cluster.advance(310_000);
      const first = await client.ask("put", { key: "mine/1", value: "1" }, PATIENCE_MS);
      const second = await client.ask("put", { key: "mine/2", value: "1" }, PATIENCE_MS);
      const facts = `first ${outcome(first)}; then ${outcome(second)}`;
      if (first.kind === "ok") return cell("signs in again", facts);
      if (first.kind === "silence") return cell("hangs", facts);
      return cell(
        second.kind === "ok" ? "tells once, then signs in" : "tells, stays signed out",
        facts,
      );
    }),
};

const leaseRevoked: Fault = {
  id: "lease-revoked",
  title: "Its lease is revoked",
  story: "A client keeps a lease of six seconds alive, and somebody revokes it.",
  run: (command) =>
    Bench.use(command, { members: 1 }, async (bench) => {
      const client = await bench.client();
      const { value } = await client.must("lease", { ttl: 6, key: "here", text: "1" });
      await sleep(1_000);
      const request = { id: BigInt(String(value)) };
      await bench.cluster.client.ask({ type: "leaseRevoke", request });
      const began = performance.now();
      const lost = () => client.told.find(({ event }) => event === "lease-lost");
      await client.until(() => lost() !== undefined, PATIENCE_MS);
      const said = lost();
      if (said === undefined) return cell("never tells", `nothing in ${PATIENCE_MS / 1000} s`);
      const facts = `${error(said)} ${time(said.atMs - began)}`;
      return cell(said.type === "TTL 0" ? "has to be looked at" : "tells", facts);
    }),
};

const lockHeld: Fault = {
  id: "lock-held",
  title: "A lock is held by someone else",
  story: "Another client of the same library has the lock, and lets go of it three seconds later.",
  run: (command) =>
    Bench.use(command, { members: 1 }, async (bench) => {
      const [holder, client] = [await bench.client(), await bench.client()];
      const held = await holder.ask("lock", { name: "x", ttl: 60 }, PATIENCE_MS);
      if (held.kind !== "ok") throw new Error(`lock: ${outcome(held)}`);
      const began = performance.now();
      const waits = client.ask("lock", { name: "x", ttl: 60 }, 3_000 + PATIENCE_MS);
      await sleep(3_000);
      await holder.must("unlock", { name: "x" });
      const freed = performance.now() - began;
      const got = await waits;
      if (got.kind === "silence")
        return cell("hangs", `${outcome(got)}, though it was free after 3 s`);
      const early = got.ms < freed - 200;
      if (got.kind === "error") return cell(early ? "gives up" : "tells", outcome(got));
      if (early) return cell("takes it from its holder", outcome(got));
      return cell("waits", `has it ${time(Math.max(0, got.ms - freed))} of the release`);
    }),
};

export const FAULTS: readonly Fault[] = [
  ...[lostAnswer, memberCrashes, leaderPaused, leaderCutOff, allDown, fullDatabase],
  ...[streamCut, compacted, watchRefused, tokenExpires, leaseRevoked, lockHeld],
];
