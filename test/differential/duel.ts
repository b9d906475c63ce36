import { isDeepStrictEqual } from "node:util";
import { deleteRangeRequest } from "../../src/api/build.ts";
import { type Call, gatewayCall } from "./calls.ts";
import type { Json, JsonObject } from "./json.ts";
import { OurServer } from "./ours.ts";
import { LEASES, type Program } from "./programs.ts";
import { RealServer } from "./real.ts";
import { resolve } from "./revisions.ts";

/** Programs that a pair of servers runs before a new pair takes over. */
const PROGRAMS_A_PAIR = 25;
/** A compaction of etcd's goes on in the background; its hash may be on the way for so long. */
const HASH_ATTEMPTS = 40;
const HASH_WAIT_MS = 25;

/**
 * Where 3.4.23 is wrong and later versions are right, ours is right by default; for the comparison
 * the mistake of the time is switched on, by its name in the bug museum.
 */
export const AS_3_4_23: Readonly<Record<string, string>> = {
  M13: "HashKV refuses the compacted revision itself; since 3.5.5 it answers (etcd issue 14325)",
};

interface Pair {
  readonly real: RealServer;
  readonly ours: OurServer;
  programs: number;
}

/** Runs programs against a real etcd and ours, and compares every answer. */
export class Duel {
  /** Calls compared, by type; operations inside transactions are not counted. */
  readonly calls = new Map<string, number>();
  /** Operations compared, those inside transactions counted one by one. */
  operations = 0;
  /** HashKV answers compared. */
  hashes = 0;
  programs = 0;
  /** Error texts that both gave. */
  readonly errors = new Map<string, number>();
  #pair: Pair | null = null;
  readonly #ours: () => OurServer;

  /** @param ours makes a new server of ours, perhaps with a mistake */
  constructor(ours: () => OurServer = () => new OurServer(new Set(Object.keys(AS_3_4_23)))) {
    this.#ours = ours;
  }

  /** What the first difference is, in words; null if there is none. */
  async run(program: Program): Promise<string | null> {
    const pair = await this.#fresh();
    pair.programs++;
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
    this.#pair ??= { real: await RealServer.start(), ours: this.#ours(), programs: 0 };
    return this.#pair;
  }

  async #run(pair: Pair, program: Program): Promise<string | null> {
    for (const call of cleanUp(pair)) {
      const difference = await this.#call(pair, call);
      if (difference !== null) return `while tidying up: ${difference}`;
    }
    for (const [at, step] of program.entries()) {
      const call = resolve<Call>(step, pair.ours.revisions);
      const difference = await this.#call(pair, call);
      if (difference !== null) return `step ${at}: ${difference}`;
    }
    return this.#compareHashes(pair);
  }

  async #call({ real, ours }: Pair, call: Call): Promise<string | null> {
    const { path, body } = gatewayCall(call);
    const theirs = comparable(await real.call(path, body));
    const mine = comparable(ours.call(call));
    this.calls.set(call.type, (this.calls.get(call.type) ?? 0) + 1);
    this.operations += weight(call);
    if (!isDeepStrictEqual(theirs, mine)) {
      return [`${path} ${JSON.stringify(body)}`, show("etcd", theirs), show("ours", mine)].join(
        "\n",
      );
    }
    const { error } = mine;
    if (typeof error === "string") this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
    return null;
  }

  async #compareHashes({ real, ours }: Pair): Promise<string | null> {
    const { now, compacted } = ours.revisions;
    for (const revision of [0, now, now - 3, compacted, compacted + 1, compacted - 1, now + 1]) {
      const mine = ours.hashKv(revision);
      let theirs = await real.hashKv(revision);
      for (let i = 0; i < HASH_ATTEMPTS && !isDeepStrictEqual(theirs, mine); i++) {
        await new Promise((done) => setTimeout(done, HASH_WAIT_MS));
        theirs = await real.hashKv(revision);
      }
      this.hashes++;
      if (!isDeepStrictEqual(theirs, mine)) {
        const where = `hashKV at ${revision} (now ${now}, compacted ${compacted})`;
        return [where, show("etcd", theirs), show("ours", mine)].join("\n");
      }
    }
    return null;
  }

  /** One line: what was compared. */
  summary(): string {
    const calls = [...this.calls].sort().map(([type, count]) => `${count} ${type}`);
    return `${this.programs} programs, ${this.operations} operations compared (calls: ${calls.join(", ")}), ${this.hashes} hashes`;
  }
}

/** Takes both servers to a state without keys, history and leases. */
function cleanUp({ ours }: Pair): Call[] {
  const { now } = ours.revisions;
  const calls: Call[] = LEASES.map((id) => ({ type: "leaseRevoke", request: { id } }));
  const all = deleteRangeRequest("\0", { rangeEnd: "\0" });
  calls.push({ type: "deleteRange", request: all });
  calls.push({ type: "compaction", request: { revision: now, physical: true } });
  return calls;
}

function weight(call: Call): number {
  if (call.type !== "txn") return 1;
  const { compare, success, failure } = call.request;
  let sum = 1 + compare.length;
  for (const op of [...success, ...failure]) sum += weight(op);
  return sum;
}

/** Takes out what differs from one moment, or one map of Go's, to the next. */
function comparable(answer: JsonObject): JsonObject {
  const out: Record<string, Json> = { ...answer };
  const { keys, leases, grantedTTL } = out;
  if (Array.isArray(keys)) Object.assign(out, { keys: [...keys].sort() });
  if (Array.isArray(leases)) {
    Object.assign(out, { leases: leases.map((lease) => JSON.stringify(lease)).sort() });
  }
  if (grantedTTL !== undefined) Object.assign(out, { TTL: "left" });
  return out;
}

function show(who: string, answer: unknown): string {
  return `  ${who}: ${JSON.stringify(answer)}`;
}
