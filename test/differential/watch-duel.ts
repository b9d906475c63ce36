import { isDeepStrictEqual } from "node:util";
import { deleteRangeRequest } from "../../src/api/build.ts";
import type {
  StreamResponse,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from "../../src/api/requests.ts";
import { MILLISECOND } from "../../src/base/time.ts";
import { Lone } from "../member/support/lone-member.ts";
import type { GrpcStream } from "../support/grpc-client.ts";
import { answerJson, errorJson } from "./answers.ts";
import type { Call } from "./calls.ts";
import { RealServer } from "./real.ts";
import { type Revisions, resolve } from "./revisions.ts";
import type { Judge } from "./setting.ts";
import type { WatchStep } from "./watch-programs.ts";

const STREAM = 1;
/** A round of etcd's that brings watches up to date, twice; ours has been through it in no time. */
const ROUND_MS = 220;
/** How long etcd may take to send what ours has sent. */
const PATIENCE_MS = 5_000;
const PROGRAMS_A_SERVER = 20;

/** One member of ours whose client reads one watch stream at once. */
class Watched extends Lone {
  readonly sent: WatchResponse[] = [];
  #reads: { readonly streamId: number; readonly bytes: number }[] = [];

  constructor(release: string, bugs: readonly string[]) {
    super({ serverVersion: release, bugs }, undefined, { silent: true });
  }

  override push(streamId: number, { response }: StreamResponse, bytes: number): void {
    this.sent.push(response as WatchResponse);
    this.#reads.push({ streamId, bytes });
  }

  /** What is sent on a stream, and all that comes of it. */
  stream(request: Parameters<Lone["member"]["stream"]>[1]): void {
    this.member.stream(this.now, request);
    this.pass(ROUND_MS * MILLISECOND);
  }

  override pass(us: number): void {
    super.pass(us);
    for (const read of this.#reads.splice(0)) {
      this.member.stream(this.now, { kind: "consumed", ...read });
    }
  }

  get revisions(): Revisions {
    const { revision, compactRevision } = this.member.view();
    return { now: revision, compacted: compactRevision };
  }
}

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
  programs: number;
}

/** Runs programs of writes and one watch stream against a real etcd and ours. */
export class WatchDuel {
  programs = 0;
  /** What was learnt by both, by its first word. */
  readonly counts = new Map<string, number>();
  readonly #judge: Judge;
  readonly #bugs: readonly string[];
  #pair: Pair | null = null;

  constructor(judge: Judge, bugs: readonly string[] = []) {
    this.#judge = judge;
    this.#bugs = bugs;
  }

  async stop(): Promise<void> {
    const pair = this.#pair;
    this.#pair = null;
    await pair?.real.stop();
  }

  /** What the first difference is, in words; null if there is none. */
  async run(program: readonly WatchStep[]): Promise<string | null> {
    if (this.#pair !== null && this.#pair.programs >= PROGRAMS_A_SERVER) await this.stop();
    this.#pair ??= {
      real: await RealServer.start(this.#judge.folder),
      ours: new Watched(this.#judge.version, this.#bugs),
      programs: 0,
    };
    this.#pair.programs++;
    this.programs++;
    const difference = await this.#run(this.#pair, program);
    if (difference !== null) await this.stop();
    return difference;
  }

  async #run({ real, ours }: Pair, program: readonly WatchStep[]): Promise<string | null> {
    const theirs: WatchResponse[] = [];
    for (const call of emptied(ours.revisions.now)) {
      const difference = await this.#call(real, ours, call);
      if (difference !== null) return `while tidying up: ${difference}`;
    }
    ours.sent.length = 0;
    ours.stream({
      kind: "open",
      streamId: STREAM,
      method: "watch",
      token: "",
      requireLeader: false,
    });
    const stream = real.grpc.stream("watch", "", {
      message: (response) => theirs.push(response as WatchResponse),
      end: () => undefined,
      broken: () => undefined,
    });
    let difference: string | null = null;
    for (const [at, step] of program.entries()) {
      difference = await this.#step(real, ours, stream, theirs, step);
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
    difference ??= this.#compare(theirs, ours.sent);
    if (difference === null) this.#count(ours.sent);
    stream.end();
    ours.stream({ kind: "close", streamId: STREAM });
    return difference;
  }

  async #step(
    real: RealServer,
    ours: Watched,
    stream: GrpcStream,
    theirs: readonly WatchResponse[],
    step: WatchStep,
  ): Promise<string | null> {
    if (step.kind === "call") {
      const call = resolve<Call>(step.step, ours.revisions);
      // Whether a watch that is behind has read what goes now hangs on the moment.
      if (call.type === "compaction") await pause(ROUND_MS);
      const difference = await this.#call(real, ours, call);
      if (difference !== null) return difference;
    } else {
      if (step.kind === "progress") await pause(ROUND_MS);
      const request = requestOf(step, ours.revisions);
      stream.send(request);
      ours.stream({ kind: "request", streamId: STREAM, request });
    }
    const until = Date.now() + PATIENCE_MS;
    while (!isDeepStrictEqual(sorted(theirs), sorted(ours.sent))) {
      if (Date.now() > until || surplus(theirs, ours.sent)) return this.#compare(theirs, ours.sent);
      await pause(5);
    }
    return null;
  }

  async #call(real: RealServer, ours: Watched, call: Call): Promise<string | null> {
    const answer = await real.ask(call, "");
    const { response, error } = ours.ask1(call as Parameters<Lone["ask1"]>[0]);
    ours.pass(ROUND_MS * MILLISECOND);
    const mine =
      response !== null ? answerJson(response) : errorJson(error as NonNullable<typeof error>);
    if (isDeepStrictEqual(answer, mine)) return null;
    return `\n  etcd: ${JSON.stringify(answer)}\n  ours: ${JSON.stringify(mine)}`;
  }

  #compare(theirs: readonly WatchResponse[], mine: readonly WatchResponse[]): string | null {
    const [a, b] = [sorted(theirs), sorted(mine)];
    if (isDeepStrictEqual(a, b)) return null;
    return `\n  etcd: ${JSON.stringify(a)}\n  ours: ${JSON.stringify(b)}`;
  }

  #count(responses: readonly WatchResponse[]): void {
    for (const line of [...learnt(responses).values()].flat()) {
      const [word = ""] = line.split(" ");
      this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
    }
  }

  /** What was compared. */
  summary(what: string): string {
    const counts = [...this.counts].sort().map(([word, count]) => `${count} ${word}`);
    return `${what}: ${this.programs} programs, learnt by both: ${counts.join(", ")}`;
  }
}

/** More than ours: waiting does not help. */
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

function emptied(now: number): readonly Call[] {
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
