import { type ClusterSetting, startCluster, type TestCluster } from "detcd/testing";
import { type Command, type Outcome, Speaker } from "./speaker.ts";

/** What a client does under a fault. */
export interface Cell {
  /** In a word or two. */
  readonly verdict: string;
  /** What was seen. */
  readonly facts: string;
}

/** Longer than that nobody waits here. */
export const PATIENCE_MS = 25_000;

/** A cluster, whose time is the host's, and a client of it. */
export class Bench {
  readonly cluster: TestCluster;
  private readonly command: Command;
  private readonly speakers: Speaker[] = [];

  private constructor(cluster: TestCluster, command: Command) {
    this.cluster = cluster;
    this.command = command;
  }

  static async use<T>(
    command: Command,
    setting: ClusterSetting,
    work: (bench: Bench) => Promise<T>,
  ): Promise<T> {
    const bench = new Bench(await startCluster({ time: 1, ...setting }), command);
    try {
      return await work(bench);
    } finally {
      for (const speaker of bench.speakers) speaker.stop();
      await bench.cluster.stop();
    }
  }

  /** The leader first, for those who take only one. */
  async endpoints(): Promise<readonly string[]> {
    const leader = this.cluster.endpoint(await this.cluster.leader());
    return [leader, ...this.cluster.endpoints.filter((endpoint) => endpoint !== leader)];
  }

  async client(words: Readonly<Record<string, unknown>> = {}): Promise<Speaker> {
    const speaker = new Speaker(this.command);
    this.speakers.push(speaker);
    await speaker.must("connect", { endpoints: await this.endpoints(), ...words });
    return speaker;
  }

  async version(key: string): Promise<number> {
    return (await this.cluster.client.getEntry(key))?.version ?? 0;
  }
}

export const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

// ---- words -----------------------------------------------------------------------------------------

export function time(ms: number): string {
  return ms < 150 ? "at once" : `after ${(ms / 1000).toFixed(1)} s`;
}

export function error({ type = "", text = "" }: { type?: string; text?: string }): string {
  // Ports and ids are of this run alone.
  const plain = text
    .replace(/\s+/g, " ")
    .replace(/\b(127\.0\.0\.1|localhost)[:/]\d+/g, "member")
    .replace(/\b[0-9a-f]{14,16}\b|\b\d{15,20}\b/g, "ID")
    .replace(/\b0x[0-9a-f]{6,}\b/g, "0x…")
    .trim();
  const short = plain.length > 140 ? `${plain.slice(0, 139)}…` : plain;
  return short === "" ? `\`${type}\`` : `\`${type}\`: “${short}”`;
}

export function outcome(of: Outcome): string {
  if (of.kind === "ok") return `ok ${time(of.ms)}`;
  if (of.kind === "error") return `${error(of)} ${time(of.ms)}`;
  return `nothing in ${Math.round(of.ms / 1000)} s`;
}

export const times = (n: number) => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);
