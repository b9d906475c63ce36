import type { Line } from "../../../src/profile/lines.ts";
import { type Side, startOurs, startReal } from "./clusters.ts";
import { pause } from "./etcdctl.ts";
import { type Answer, has, Player } from "./player.ts";
import type { Area, Row, Step } from "./steps.ts";

export interface Compared {
  readonly area: string;
  readonly line: string;
  readonly real: Answer;
  readonly ours: Answer;
  readonly equal: boolean;
}

export interface DuelOptions {
  readonly line: Line;
  readonly release: string;
  readonly binaries: string;
  readonly bugs?: readonly string[];
  readonly onCompared?: (compared: Compared) => void;
}

/** Types an area's lines at a real cluster and at ours, side by side. */
export async function duel(area: Area, options: DuelOptions): Promise<Compared[]> {
  const { release, binaries, bugs = [] } = options;
  const sides: Side[] = [];
  const players: Player[] = [];
  try {
    sides.push(...(await Promise.all([startReal(binaries, area), startOurs(release, area, bugs)])));
    players.push(...(await Promise.all(sides.map((side) => Player.meet(side, binaries)))));
    const [real, ours] = players as [Player, Player];
    return await new Duel(area, options, real, ours).run();
  } finally {
    for (const player of players) player.stop();
    await Promise.all(sides.map((side) => side.stop()));
  }
}

class Duel {
  private readonly area: Area;
  private readonly options: DuelOptions;
  private readonly real: Player;
  private readonly ours: Player;
  private readonly compared: Compared[] = [];
  private readonly started = new Map<string, Row>();

  constructor(area: Area, options: DuelOptions, real: Player, ours: Player) {
    this.area = area;
    this.options = options;
    this.real = real;
    this.ours = ours;
  }

  async run(): Promise<Compared[]> {
    for (const step of this.area.steps) {
      await this.step(typeof step === "string" ? { line: step } : step);
      if (!this.real.side.alive) throw new Error(`etcd fell over: ${JSON.stringify(step)}`);
    }
    return this.compared;
  }

  private async step(step: Exclude<Step, string>): Promise<void> {
    if ("start" in step) {
      if (!has(step, this.options.line)) return;
      this.started.set(step.start, step);
      this.both((player) => player.start(step.start, step));
    } else if ("line" in step) {
      if (!has(step, this.options.line)) return;
      this.compare(step, await this.both((player) => player.run(step)));
    } else if ("hears" in step) {
      const row = this.started.get(step.hears);
      if (row === undefined) return;
      const [real] = await this.both((player) => player.hears(step.hears, step.lines));
      if (real !== step.lines) {
        throw new Error(`${row.line} prints ${real} lines, not ${step.lines}: mend the table`);
      }
    } else if ("tell" in step) this.both((player) => player.tell(step.tell, step.text));
    else if ("end" in step || "wait" in step) {
      const [name, signal] =
        "end" in step ? [step.end, step.signal ?? ("SIGINT" as const)] : [step.wait, null];
      const row = this.started.get(name);
      if (row === undefined) return;
      this.started.delete(name);
      this.compare(row, await this.both((player) => player.end(name, signal)));
    } else if ("until" in step) {
      const [real, ours] = await this.both((player) => player.until(step.until, step.says));
      if (real === null || ours === null) {
        const who = real === null ? "etcd" : "detcd";
        throw new Error(`${who} never says ${step.says} to ${step.until}`);
      }
    } else if ("crash" in step) this.both((player) => player.side.crash(step.crash));
    else await pause(step.settleMs);
  }

  private both<T>(act: (player: Player) => Promise<T> | T): Promise<[T, T]> {
    return Promise.all([act(this.real), act(this.ours)]);
  }

  private compare({ line, stdin }: Row, [real, ours]: readonly [Answer, Answer]): void {
    const equal =
      real.stdout === ours.stdout && real.stderr === ours.stderr && real.exit === ours.exit;
    const told = stdin === undefined ? "" : ` <<< ${JSON.stringify(stdin.slice(0, 200))}`;
    const compared = { area: this.area.name, line: `${line}${told}`, real, ours, equal };
    this.compared.push(compared);
    this.options.onCompared?.(compared);
  }
}
