import { isDeepStrictEqual } from "node:util";
import { deleteRangeRequest, rangeRequest } from "../../src/api/build.ts";
import { comparable } from "./answers.ts";
import { type Call, gatewayCall, isGrpcCall, operationsIn } from "./calls.ts";
import type { JsonObject } from "./json.ts";
import { OurServer } from "./ours.ts";
import { LEASES, type Program, type Step } from "./programs.ts";
import { RealServer } from "./real.ts";
import { type Revisions, resolve } from "./revisions.ts";
import type { Judge } from "./setting.ts";
import { NO_TOKENS, type Tokens, UserTokens } from "./user-tokens.ts";

/** Programs that a pair of servers runs before a new pair takes over. */
const PROGRAMS_A_PAIR = 25;
/** A compaction of etcd's goes on in the background; its hash may be on the way for so long. */
const HASH_ATTEMPTS = 40;
const HASH_WAIT_MS = 25;

/** A member of ours that is asked. */
export interface Ours {
  readonly revisions: Revisions;
  /** What a client with this token ("": none) is answered. */
  call(call: Call, token: string): JsonObject;
  /** Members of the same cluster; absent: it is alone. */
  readonly others?: readonly Ours[];
}

interface Pair {
  readonly real: RealServer;
  readonly ours: Ours;
  readonly tokens: UserTokens;
  programs: number;
}

export interface DuelOptions {
  /** Makes a new server of ours, of the judge's release, perhaps with a mistake, who leads or does not. */
  readonly ours: (release: string, leads: boolean) => Ours;
  /** How many members the cluster of each has; what is compared at the end all of them are asked. */
  readonly members: number;
  /** More flags for etcd. */
  readonly flags: readonly string[];
  /** Calls that take both to a state without keys, history, leases and users. */
  readonly tidy: (ours: Ours) => Program;
  /** Who signs in to ask for hashes. */
  readonly root: { readonly name: string; readonly password: string } | null;
}

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
    this.#options = { ours, members: 1, flags: [], tidy: tidyUp, root: null, ...options };
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
    const { flags, ours, members } = this.#options;
    if (this.#pair !== null) return this.#pair;
    const { folder, version } = this.#judge;
    const real =
      members === 1
        ? await RealServer.start(folder, ...flags)
        : await RealServer.cluster(folder, members, ...flags);
    const leads = await real.leads();
    this.#pair = { real, ours: ours(version, leads), tokens: new UserTokens(), programs: 0 };
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
    return this.#compareMembers(pair);
  }

  async #step({ real, ours, tokens }: Pair, step: Step): Promise<string | null> {
    const { as = "", ...relative } = step;
    const call = resolve<Call>(relative as Step, ours.revisions);
    const token = tokens.of(as);
    const theirs = await real.ask(call, token.real);
    const mine = ours.call(call, token.ours);
    if (!isDeepStrictEqual(comparable(theirs), comparable(mine))) {
      const asked = `${shown(call)}${as === "" ? "" : ` as ${as}`}`;
      return [asked, show("etcd", theirs), show("ours", mine)].join("\n");
    }
    this.#count(call, mine);
    if (call.type === "authenticate") tokens.signedIn(call.request.name, theirs, mine);
    return null;
  }

  #count(call: Call, answer: JsonObject): void {
    const { error } = answer;
    this.calls.set(call.type, (this.calls.get(call.type) ?? 0) + 1);
    this.operations += operationsIn(answer);
    if (typeof error === "string") this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
  }

  async #compareMembers({ real, ours }: Pair): Promise<string | null> {
    const root = await this.#rootTokens({ real, ours });
    const members = [[real, ours] as const];
    for (const [i, other] of real.others.entries()) {
      members.push([other, ours.others?.[i] as Ours]);
    }
    for (const [i, [theirs, mine]] of members.entries()) {
      const difference = await this.#compareHashes(theirs, mine, root);
      if (difference !== null) return `member ${i + 1} of ${members.length}: ${difference}`;
    }
    return null;
  }

  async #compareHashes(real: RealServer, ours: Ours, root: Tokens): Promise<string | null> {
    const { now, compacted } = ours.revisions;
    const calls = [0, now, now - 3, compacted, compacted + 1, compacted - 1, now + 1].map(
      (revision): Call => ({ type: "hashKv", request: { revision } }),
    );
    // All that is there, as this member has it.
    const all = { ...rangeRequest("\0"), rangeEnd: "\0", serializable: true };
    for (const call of [{ type: "range", request: all } as const, ...calls]) {
      const mine = ours.call(call, root.ours);
      let theirs = await real.ask(call, root.real);
      for (let i = 0; i < HASH_ATTEMPTS && !isDeepStrictEqual(theirs, mine); i++) {
        await new Promise((done) => setTimeout(done, HASH_WAIT_MS));
        theirs = await real.ask(call, root.real);
      }
      if (call.type === "hashKv") this.hashes++;
      if (!isDeepStrictEqual(theirs, mine)) {
        const where = `${shown(call)} (now ${now}, compacted ${compacted})`;
        return [where, show("etcd", theirs), show("ours", mine)].join("\n");
      }
    }
    return null;
  }

  /** While auth is on only root is told a hash. */
  async #rootTokens({ real, ours }: Pick<Pair, "real" | "ours">): Promise<Tokens> {
    const { root } = this.#options;
    if (root === null) return NO_TOKENS;
    const call: Call = { type: "authenticate", request: { ...root, simpleToken: "" } };
    const text = ({ token }: JsonObject) => (typeof token === "string" ? token : "");
    return { real: text(await real.ask(call, "")), ours: text(ours.call(call, "")) };
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
export function tidyUp({ revisions }: Ours): Program {
  const all = deleteRangeRequest("\0", { rangeEnd: "\0" });
  return [
    ...LEASES.map((id): Step => ({ type: "leaseRevoke", request: { id } })),
    { type: "deleteRange", request: all },
    { type: "compaction", request: { revision: revisions.now, physical: true } },
  ];
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
