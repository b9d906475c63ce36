import { isDeepStrictEqual } from "node:util";
import { deleteRangeRequest } from "../../src/api/build.ts";
import type { WatchCreateRequest, WatchRequest, WatchResponse } from "../../src/api/requests.ts";
import { MILLISECOND } from "../../src/base/time.ts";
import type { Lone } from "../member/support/lone-member.ts";
import type { GrpcStream } from "../support/grpc-client.ts";
import { answerJson, comparable, errorJson } from "./answers.ts";
import { tidyUpAuth } from "./auth-programs.ts";
import type { Call } from "./calls.ts";
import { BCRYPT_COST } from "./ours.ts";
import type { Program, Step } from "./programs.ts";
import { RealServer } from "./real.ts";
import { type Revisions, resolve } from "./revisions.ts";
import type { Judge } from "./setting.ts";
import { UserTokens } from "./user-tokens.ts";
import type { WatchStep } from "./watch-programs.ts";
import { ROUND_MS, Watched } from "./watched.ts";

/** How long etcd may take to send what ours has sent. */
const PATIENCE_MS = 5_000;
const PROGRAMS_A_SERVER = 20;

/**
 * What a client of the stream learns, one line each, by watch: the batches in which events come are a
 * matter of moments.
 */
function learnt(responses: readonly WatchResponse[]): Map<number, string[]> {
  const of = new Map<number, string[]>();
  for (const {
    watchId,
    header,
    created,
    canceled,
    compactRevision,
    cancelReason,
    events,
  } of responses) {
    const lines = of.get(watchId) ?? [];
    of.set(watchId, lines);
    const at = `revision ${header.revision}`;
    const end = canceled ? `canceled: ${cancelReason}; compacted ${compactRevision}` : "";
    if (created || canceled) lines.push(`${created ? "created " : ""}${end} ${at}`);
    else if (events.length === 0) lines.push(`progress ${at}`);
    for (const { type, kv, prevKv } of events) {
      const bytes = (value: Uint8Array) => Buffer.from(value).toString("latin1");
      const text = (each: typeof kv) =>
        JSON.stringify([
          each.key,
          bytes(each.value),
          each.createRevision,
          each.modRevision,
          each.version,
        ]);
      lines.push(`${type} ${text(kv)}${prevKv === null ? "" : ` before ${text(prevKv)}`}`);
    }
  }
  return of;
}

function sorted(responses: readonly WatchResponse[]): [number, string[]][] {
  return [...learnt(responses)].sort(([a], [b]) => a - b);
}

interface Pair {
  readonly real: RealServer;
  readonly ours: Watched;
  readonly tokens: UserTokens;
  programs: number;
}

/** A watch stream at both, of one user. */
interface Streams {
  readonly id: number;
  readonly real: GrpcStream;
  readonly theirs: WatchResponse[];
  readonly mine: readonly WatchResponse[];
}

export interface WatchDuelOptions {
  /** Mistakes of ours. */
  readonly bugs: readonly string[];
  /** Users may have been made, and auth may be on. */
  readonly users: boolean;
  /** Each program finds a store that nobody has written to, or compacted. */
  readonly blank: boolean;
}

/** Runs programs of writes and watch streams against a real etcd and ours. */
export class WatchDuel {
  programs = 0;
  /** What was learnt by both, by its first word. */
  readonly counts = new Map<string, number>();
  readonly #judge: Judge;
  readonly #options: WatchDuelOptions;
  #pair: Pair | null = null;
  /** Of the program that runs, by user. */
  readonly #streams = new Map<string, Streams>();

  constructor(judge: Judge, options: Partial<WatchDuelOptions> = {}) {
    this.#judge = judge;
    this.#options = { bugs: [], users: false, blank: false, ...options };
  }

  async stop(): Promise<void> {
    const pair = this.#pair;
    this.#pair = null;
    await pair?.real.stop();
  }

  /** What the first difference is, in words; null if there is none. */
  async run(program: readonly WatchStep[]): Promise<string | null> {
    const { blank } = this.#options;
    const most = blank ? 1 : PROGRAMS_A_SERVER;
    if (this.#pair !== null && this.#pair.programs >= most) await this.stop();
    this.#pair ??= {
      real: await RealServer.start(this.#judge.folder, "--bcrypt-cost", String(BCRYPT_COST)),
      ours: new Watched({
        ...{ serverVersion: this.#judge.version, bugs: this.#options.bugs },
        bcryptCost: BCRYPT_COST,
      }),
      tokens: new UserTokens(),
      programs: 0,
    };
    this.#pair.programs++;
    this.programs++;
    const difference = await this.#run(this.#pair, program);
    this.#streams.clear();
    if (difference !== null) await this.stop();
    return difference;
  }

  async #run(pair: Pair, program: readonly WatchStep[]): Promise<string | null> {
    const { real, ours, tokens } = pair;
    for (const step of this.#tidyUp(ours.revisions.now)) {
      const difference = await this.#call(pair, step);
      if (difference !== null) return `while tidying up: ${difference}`;
    }
    tokens.clear();
    let difference: string | null = null;
    for (const [at, step] of program.entries()) {
      difference = await this.#step(pair, step);
      if (difference !== null) {
        difference = `step ${at}, ${shown(step)}: ${difference}`;
        break;
      }
      if (!real.alive) {
        await this.stop();
        return null;
      }
    }
    // What etcd says too much may come late.
    await pause(ROUND_MS);
    difference ??= this.#compare();
    for (const { id, real: stream, mine } of this.#streams.values()) {
      if (difference === null) this.#count(mine);
      stream.end();
      ours.stream({ kind: "close", streamId: id });
    }
    return difference;
  }

  #tidyUp(now: number): Program {
    const { users, blank } = this.#options;
    if (blank) return [];
    return users ? tidyUpAuth(now) : emptied(now);
  }

  async #step(pair: Pair, step: WatchStep): Promise<string | null> {
    const { ours } = pair;
    if (step.kind === "call") {
      // Whether a watch that is behind has read what goes now hangs on the moment.
      if (step.step.type === "compaction") await pause(ROUND_MS);
      const difference = await this.#call(pair, step.step);
      if (difference !== null) return difference;
    } else {
      if (step.kind === "progress") await pause(ROUND_MS);
      const request = requestOf(step, ours.revisions);
      const { id, real: stream } = this.#stream(pair, step.as ?? "");
      stream.send(request);
      ours.stream({ kind: "request", streamId: id, request });
    }
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const difference = this.#compare();
      if (difference === null) return null;
      if (Date.now() > until || this.#surplus) return difference;
      await pause(5);
    }
  }

  /** Opens what is not open yet, with the token that the user has now. */
  #stream({ real, ours, tokens }: Pair, as: string): Streams {
    const open = this.#streams.get(as);
    if (open !== undefined) return open;
    const token = tokens.of(as);
    const id = this.#streams.size + 1;
    const theirs: WatchResponse[] = [];
    const mine = ours.open(id, token.ours);
    const stream = real.grpc.stream("watch", token.real, {
      message: (response) => theirs.push(response as WatchResponse),
      end: () => undefined,
      broken: () => undefined,
    });
    const streams = { id, real: stream, theirs, mine };
    this.#streams.set(as, streams);
    return streams;
  }

  async #call({ real, ours, tokens }: Pair, step: Step): Promise<string | null> {
    const { as = "", ...relative } = step;
    const call = resolve<Call>(relative as Step, ours.revisions);
    const token = tokens.of(as);
    const theirs = await real.ask(call, token.real);
    const { response, error } = ours.ask1(call as Parameters<Lone["ask1"]>[0], token.ours);
    ours.pass(ROUND_MS * MILLISECOND);
    const mine =
      response !== null ? answerJson(response) : errorJson(error as NonNullable<typeof error>);
    if (call.type === "authenticate") tokens.signedIn(call.request.name, theirs, mine);
    if (isDeepStrictEqual(comparable(theirs), comparable(mine))) return null;
    return `\n  etcd: ${JSON.stringify(theirs)}\n  ours: ${JSON.stringify(mine)}`;
  }

  /** What is not the same on the streams; null if all is. */
  #compare(): string | null {
    for (const [as, { theirs, mine }] of this.#streams) {
      const [a, b] = [sorted(theirs), sorted(mine)];
      if (isDeepStrictEqual(a, b)) continue;
      return `${as}\n  etcd: ${JSON.stringify(a)}\n  ours: ${JSON.stringify(b)}`;
    }
    return null;
  }

  /** On some stream etcd has sent more than ours, or something else: waiting does not help. */
  get #surplus(): boolean {
    return [...this.#streams.values()].some(({ theirs, mine }) => surplus(theirs, mine));
  }

  #count(responses: readonly WatchResponse[]): void {
    for (const line of [...learnt(responses).values()].flat()) {
      const [first = "", second] = line.split(" ");
      const word = second === "canceled:" ? "refused" : first;
      this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
    }
  }

  /** What was compared. */
  summary(what: string): string {
    const counts = [...this.counts].sort().map(([word, count]) => `${count} ${word}`);
    return `${what}: ${this.programs} programs, learnt by both: ${counts.join(", ")}`;
  }
}

function surplus(theirs: readonly WatchResponse[], mine: readonly WatchResponse[]): boolean {
  const of = learnt(mine);
  return [...learnt(theirs)].some(
    ([id, lines]) => !isDeepStrictEqual(lines, (of.get(id) ?? []).slice(0, lines.length)),
  );
}

function requestOf(step: Exclude<WatchStep, { kind: "call" }>, at: Revisions): WatchRequest {
  if (step.kind === "create") {
    return { type: "create", request: resolve<WatchCreateRequest>(step.request, at) };
  }
  if (step.kind === "cancel") return { type: "cancel", request: { watchId: step.watchId } };
  return { type: "progress", request: {} };
}

function emptied(now: number): Program {
  return [
    { type: "deleteRange", request: deleteRangeRequest("\0", { rangeEnd: "\0" }) },
    { type: "compaction", request: { revision: now, physical: true } },
  ];
}

function shown(step: WatchStep): string {
  const bigints = (_: string, value: unknown) =>
    typeof value === "bigint" ? String(value) : value;
  return JSON.stringify(step, bigints).slice(0, 300);
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
