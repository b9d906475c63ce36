import { isDeepStrictEqual } from "node:util";
import { deleteRangeRequest } from "../../src/api/build.ts";
import { type Call, gatewayCall, isGrpcCall, operationsIn } from "./calls.ts";
import type { Json, JsonObject } from "./json.ts";
import { OurServer } from "./ours.ts";
import { LEASES, type Program, type Step } from "./programs.ts";
import { RealServer } from "./real.ts";
import { resolve } from "./revisions.ts";
import type { Judge } from "./setting.ts";

/** Programs that a pair of servers runs before a new pair takes over. */
const PROGRAMS_A_PAIR = 25;
/** A compaction of etcd's goes on in the background; its hash may be on the way for so long. */
const HASH_ATTEMPTS = 40;
const HASH_WAIT_MS = 25;

interface Pair {
  readonly real: RealServer;
  readonly ours: OurServer;
  /** The tokens that the two gave to each user who signed in. */
  readonly tokens: Map<string, Tokens>;
  programs: number;
}

export interface DuelOptions {
  /** Makes a new server of ours, of the judge's release, perhaps with a mistake. */
  readonly ours: (release: string) => OurServer;
  /** More flags for etcd. */
  readonly flags: readonly string[];
  /** Calls that take both to a state without keys, history, leases and users. */
  readonly tidy: (ours: OurServer) => Program;
  /** Who signs in to ask for hashes. */
  readonly root: { readonly name: string; readonly password: string } | null;
}

interface Tokens {
  readonly real: string;
  readonly ours: string;
}

/** Some users write it before their token. */
export const BEARER = "Bearer ";

/** Users who never signed in: what they show is no token of anybody. */
const STRANGERS: ReadonlyMap<string, string> = new Map([
  ["a stranger", "qwertyuiopasdfgh.1"],
  ["a stranger without an index", "qwertyuiopasdfgh"],
]);

/** Runs programs against a real etcd and ours, and compares every answer. */
export class Duel {
  /** Calls compared, by type. */
  readonly calls = new Map<string, number>();
  /** Operations compared: those of a transaction that was executed count one by one. */
  operations = 0;
  /** HashKV answers compared. */
  hashes = 0;
  programs = 0;
  /** Error texts that both gave. */
  readonly errors = new Map<string, number>();
  #pair: Pair | null = null;
  readonly #judge: Judge;
  readonly #options: DuelOptions;

  constructor(judge: Judge, options: Partial<DuelOptions> = {}) {
    this.#judge = judge;
    const ours = (release: string) => new OurServer(release);
    this.#options = { ours, flags: [], tidy: tidyUp, root: null, ...options };
  }

  /** What the first difference is, in words; null if there is none. */
  async run(program: Program): Promise<string | null> {
    const pair = await this.#fresh();
    pair.programs++;
    pair.tokens.clear();
    this.programs++;
    const difference = await this.#run(pair, program);
    // Once apart they stay apart: the next program must not suffer from it.
    if (difference !== null) await this.stop();
    return difference;
  }

  async stop(): Promise<void> {
    const pair = this.#pair;
    this.#pair = null;
    await pair?.real.stop();
  }

  async #fresh(): Promise<Pair> {
    if (this.#pair !== null && this.#pair.programs >= PROGRAMS_A_PAIR) await this.stop();
    const { flags, ours } = this.#options;
    this.#pair ??= {
      real: await RealServer.start(this.#judge.folder, ...flags),
      ours: ours(this.#judge.version),
      tokens: new Map(),
      programs: 0,
    };
    return this.#pair;
  }

  async #run(pair: Pair, program: Program): Promise<string | null> {
    for (const step of this.#options.tidy(pair.ours)) {
      const difference = await this.#step(pair, step);
      if (difference !== null) return `while tidying up: ${difference}`;
    }
    for (const [at, step] of program.entries()) {
      const difference = await this.#step(pair, step);
      if (difference !== null) return `step ${at}: ${difference}`;
    }
    return this.#compareHashes(pair);
  }

  async #step({ real, ours, tokens }: Pair, step: Step): Promise<string | null> {
    const { as = "", ...relative } = step;
    const call = resolve<Call>(relative as Step, ours.revisions);
    const token = this.#token(tokens, as);
    const theirs = await real.ask(call, token.real);
    const mine = ours.call(call, token.ours);
    if (!isDeepStrictEqual(comparable(theirs), comparable(mine))) {
      const asked = `${shown(call)}${as === "" ? "" : ` as ${as}`}`;
      return [asked, show("etcd", theirs), show("ours", mine)].join("\n");
    }
    this.#count(call, mine);
    if (call.type === "authenticate") this.#signedIn(call.request.name, theirs, mine);
    return null;
  }

  #signedIn(user: string, { token: real }: JsonObject, { token: ours }: JsonObject): void {
    if (typeof real !== "string" || typeof ours !== "string") return;
    this.#pair?.tokens.set(user, { real, ours });
  }

  #count(call: Call, answer: JsonObject): void {
    const { error } = answer;
    this.calls.set(call.type, (this.calls.get(call.type) ?? 0) + 1);
    this.operations += operationsIn(answer);
    if (typeof error === "string") this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
  }

  async #compareHashes({ real, ours }: Pair): Promise<string | null> {
    const { now, compacted } = ours.revisions;
    const root = await this.#rootTokens({ real, ours });
    for (const revision of [0, now, now - 3, compacted, compacted + 1, compacted - 1, now + 1]) {
      const call: Call = { type: "hashKv", request: { revision } };
      const mine = ours.call(call, root.ours);
      let theirs = await real.ask(call, root.real);
      for (let i = 0; i < HASH_ATTEMPTS && !isDeepStrictEqual(theirs, mine); i++) {
        await new Promise((done) => setTimeout(done, HASH_WAIT_MS));
        theirs = await real.ask(call, root.real);
      }
      this.hashes++;
      if (!isDeepStrictEqual(theirs, mine)) {
        const where = `hashKV at ${revision} (now ${now}, compacted ${compacted})`;
        return [where, show("etcd", theirs), show("ours", mine)].join("\n");
      }
    }
    return null;
  }

  /** While auth is on only root is told a hash. */
  async #rootTokens({ real, ours }: Pick<Pair, "real" | "ours">): Promise<Tokens> {
    const { root } = this.#options;
    if (root === null) return { real: "", ours: "" };
    const call: Call = { type: "authenticate", request: { ...root, simpleToken: "" } };
    const text = ({ token }: JsonObject) => (typeof token === "string" ? token : "");
    return { real: text(await real.ask(call, "")), ours: text(ours.call(call, "")) };
  }

  /** What the two gave to whoever asks, with what he puts before it. */
  #token(tokens: Pair["tokens"], as: string): Tokens {
    const who = as.startsWith(BEARER) ? as.slice(BEARER.length) : as;
    const stranger = STRANGERS.get(who) ?? "";
    const { real, ours } = tokens.get(who) ?? { real: stranger, ours: stranger };
    return who === as || real === ""
      ? { real, ours }
      : { real: BEARER + real, ours: BEARER + ours };
  }

  /** What was compared. */
  summary(what: string): string {
    const list = (counts: ReadonlyMap<string, number>) =>
      [...counts].sort().map(([name, count]) => `  ${String(count).padStart(6)} ${name}`);
    return [
      `${what}: ${this.programs} programs, ${this.operations} operations, ${this.hashes} hashes compared`,
      ...list(this.calls),
      "  and these errors:",
      ...list(this.errors),
    ].join("\n");
  }
}

/** For what has no users. */
export function tidyUp({ revisions }: OurServer): Program {
  const all = deleteRangeRequest("\0", { rangeEnd: "\0" });
  return [
    ...LEASES.map((id): Step => ({ type: "leaseRevoke", request: { id } })),
    { type: "deleteRange", request: all },
    { type: "compaction", request: { revision: revisions.now, physical: true } },
  ];
}

/** Takes out what differs from one moment, or one map of Go's, to the next. */
function comparable(answer: JsonObject): JsonObject {
  const out: Record<string, Json> = { ...answer };
  const { keys, leases, alarms, grantedTTL, token } = out;
  if (Array.isArray(keys)) Object.assign(out, { keys: [...keys].sort() });
  if (Array.isArray(leases)) Object.assign(out, { leases: inOneOrder(leases) });
  if (Array.isArray(alarms)) Object.assign(out, { alarms: inOneOrder(alarms) });
  if (grantedTTL !== undefined) Object.assign(out, { TTL: "left" });
  if (typeof token === "string") Object.assign(out, { token: "some" });
  return out;
}

function inOneOrder(list: readonly Json[]): string[] {
  return list.map((each) => JSON.stringify(each)).sort();
}

function shown(call: Call): string {
  if (isGrpcCall(call)) {
    const bigints = (_: string, value: unknown) =>
      typeof value === "bigint" ? String(value) : value;
    return `${call.type} ${JSON.stringify(call.request, bigints)}`;
  }
  const { path, body } = gatewayCall(call);
  return `${path} ${JSON.stringify(body)}`;
}

function show(who: string, answer: unknown): string {
  return `  ${who}: ${JSON.stringify(answer)}`;
}
