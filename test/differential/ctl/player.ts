import { join } from "node:path";
import { LINES, type Line } from "../../../src/profile/lines.ts";
import type { Side } from "./clusters.ts";
import { Etcdctl, type Outcome, pause } from "./etcdctl.ts";
import { type Known, normal, termsIn } from "./normal.ts";
import { protobufText } from "./protobuf-text.ts";
import type { Row } from "./steps.ts";
import { filled, wordsOf } from "./words.ts";

/** What a line came to, as it is compared. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | string;
}

const PATIENCE_MS = 30_000;
const ROUND_MS = 50;

/** Types lines at one of the two clusters. */
export class Player {
  readonly side: Side;
  private readonly binary: string;
  /** What lines may say in braces. */
  private readonly words = new Map<string, string>();
  /** What is put aside. */
  private readonly names = new Map<string, string>();
  private term = "";
  private readonly running = new Map<string, { readonly row: Row; readonly run: Etcdctl }>();

  private constructor(side: Side, binaries: string) {
    this.side = side;
    this.binary = join(binaries, "etcdctl");
  }

  /** Learns what the members are called; afterwards m1 leads. */
  static async meet(side: Side, binaries: string): Promise<Player> {
    const player = new Player(side, binaries);
    const { words, names } = player;
    side.endpoints.forEach((endpoint, i) => {
      words.set(`m${i + 1}`, endpoint);
      names.set(endpoint, `m${i + 1}`);
      names.set(endpoint.replace(/^.*\//, ""), `m${i + 1} address`);
    });
    words.set("all", side.endpoints.join());
    words.set("dir", side.folder);
    names.set(side.folder, "folder");
    const { stdout } = await player.quietly("member list -w fields");
    const cluster = /"ClusterID" : (\d+)/.exec(stdout)?.[1] ?? "";
    player.name("cluster", BigInt(cluster));
    const member = /"ID" : (\d+)\n"Name" : "(m\d)"\n"PeerURL" : "([^"]*)"/g;
    for (const [, id = "", name = "", peer = ""] of stdout.matchAll(member)) {
      player.name(`${name} id`, BigInt(id));
      words.set(`${name} peer`, peer);
      names.set(peer, `${name} peer`);
    }
    for (const endpoint of side.endpoints) {
      await player.quietly(`--endpoints ${endpoint} move-leader {m1 id}`);
    }
    await player.until("endpoint status -w fields", /./);
    await player.learnTerm();
    return player;
  }

  /** A number of 64 bits stands in texts as hex digits, with zeros or blanks in front, or as decimal ones. */
  private name(name: string, id: bigint): void {
    const hex = id.toString(16);
    this.words.set(name, hex);
    this.names.set(hex, name);
    this.names.set(hex.padStart(16, "0"), name);
    this.names.set(String(id), name);
  }

  private async learnTerm(): Promise<void> {
    const { stdout } = await this.quietly("endpoint status -w fields");
    this.term = /"RaftTerm" : (\d+)/.exec(stdout)?.[1] ?? this.term;
  }

  private get known(): Known {
    return { names: this.names, term: this.term };
  }

  start(name: string, row: Row): void {
    this.running.set(name, { row, run: this.begin(row, row.stdin ?? null) });
  }

  async run(row: Row): Promise<Answer> {
    return this.answer(row, await this.begin(row, row.stdin ?? "").ended);
  }

  /** How many it has printed, which are fewer if it takes too long. */
  async hears(name: string, lines: number): Promise<number> {
    const { run } = this.named(name);
    await run.hears(lines, PATIENCE_MS);
    // What should not come has a moment to come.
    await pause(2 * ROUND_MS);
    return run.lines;
  }

  tell(name: string, text: string): void {
    this.named(name).run.tell(filled(text, this.words));
  }

  async end(name: string, signal: NodeJS.Signals | null): Promise<Answer> {
    const { row, run } = this.named(name);
    this.running.delete(name);
    if (signal !== null) run.kill(signal);
    return this.answer(row, await run.ended);
  }

  /** Asks until what is printed is such; null: it never was. */
  async until(line: string, says: RegExp): Promise<Outcome | null> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(ROUND_MS)) {
      const outcome = await this.quietly(line);
      if (says.test(`${outcome.stdout}${outcome.stderr}`)) return outcome as unknown as Outcome;
    }
    return null;
  }

  /** Ends what still runs. */
  stop(): void {
    for (const { run } of this.running.values()) run.kill("SIGKILL");
  }

  private named(name: string) {
    const found = this.running.get(name);
    if (found === undefined) throw new Error(`nothing was started as ${name}`);
    return found;
  }

  private begin({ line, env = {} }: Row, stdin: string | null): Etcdctl {
    const words = wordsOf(filled(line, this.words));
    const where = /--endpoints|^$/.test(line) || "ETCDCTL_ENDPOINTS" in env;
    return new Etcdctl(
      this.binary,
      where ? words : ["--endpoints", this.words.get("m1") ?? "", ...words],
      {
        cwd: this.side.folder,
        env: Object.fromEntries(
          Object.entries(env).map(([name, value]) => [name, filled(value, this.words)]),
        ),
        stdin: stdin === null ? null : filled(stdin, this.words),
      },
    );
  }

  private async quietly(line: string): Promise<{ stdout: string; stderr: string }> {
    const { stdout, stderr } = await this.begin({ line }, "").ended;
    return { stdout: stdout.toString(), stderr };
  }

  private async answer(row: Row, { stdout, stderr, exit }: Outcome): Promise<Answer> {
    const isBinary = /-w[ =]?protobuf|--write-out[ =]protobuf/.test(row.line);
    const text = isBinary ? protobufText(stdout) : stdout.toString();
    for (const [name, pattern] of Object.entries(row.takes ?? {})) {
      const value = pattern.exec(text)?.[1];
      if (value !== undefined) this.name(name, BigInt(`0x${value.trim()}`));
    }
    // An election may have been held.
    const wasHeld = row.line.startsWith("move-leader");
    if (wasHeld || termsIn(text).some((term) => term !== this.term)) await this.learnTerm();
    const out = normal(text, this.known);
    const error = normal(stderr, this.known);
    return row.unordered === undefined
      ? { stdout: out, stderr: error, exit }
      : { stdout: sorted(out), stderr: sorted(error), exit };
  }
}

/** Lines, and the parts of lists, in an order of their own. */
function sorted(text: string): string {
  return text
    .replace(/keys\(\[.*\]\)|"keys":\[.*\]/g, (list) =>
      list
        .split(/[[\], ]/)
        .toSorted()
        .join(" "),
    )
    .replace(/^ETCD_INITIAL_CLUSTER=.*$/gm, (line) => line.replace(/[",]/g, "\n"))
    .split(/\n|(?<=\}),(?=\{)|(?<=\[)(?=\{)|(?<=\})(?=\])/)
    .toSorted()
    .join("\n");
}

/** Whether a release of that line has it. */
export function has({ since, until }: { since?: Line; until?: Line }, line: Line): boolean {
  const age = (of: Line) => LINES.indexOf(of);
  return (
    age(line) >= age(since ?? (LINES[0] as Line)) &&
    age(line) <= age(until ?? (LINES.at(-1) as Line))
  );
}
