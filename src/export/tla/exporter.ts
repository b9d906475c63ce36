import { assert } from "../../base/assert.ts";
import type { Instant } from "../../base/time.ts";
import type {
  ConfEvent,
  ConfSummary,
  RaftStep,
  ReadyEvent,
  RecoverEvent,
  TraceEvent,
} from "../../trace/events.ts";
import { keptSteps } from "./kept-steps.ts";
import { LineWriter } from "./line.ts";
import type { ReadyContext } from "./member-lines.ts";
import { exportReady } from "./ready.ts";
import { ShownMember } from "./shown-member.ts";
import { UnmodelledError } from "./unmodelled.ts";
import { Wire } from "./wire.ts";

const CONF_PARTS = ["voters", "votersOutgoing", "learners", "learnersNext"] as const;

/** Turns the events of a run into lines, one Ready after the other. */
export class Exporter {
  private readonly founders: readonly number[];
  private changes: readonly ConfEvent[] = [];
  /** Members that a change of the configuration names. */
  private readonly added = new Set<number>();
  private readonly members = new Map<number, ShownMember>();
  private readonly recovered = new Map<number, RecoverEvent>();
  private readonly wire = new Wire();
  private readonly writer = new LineWriter();
  /** Indexes of the snapshots that went out since the member's last Ready. */
  private readonly snapshots = new Map<number, number[]>();

  /** @param founders the voters of the new cluster: its first entries add them one by one */
  constructor(founders: readonly number[]) {
    this.founders = founders;
  }

  /** Throws UnmodelledError. */
  *run(events: readonly TraceEvent[]): Generator<string, void> {
    const kept = keptSteps(events);
    this.changes = this.changesOf(events);
    for (const event of events) {
      if (event.kind === "recover") this.recovered.set(event.member, event);
      else if (event.kind === "send")
        this.noteSnapshot(event.member, event.message.snapshot?.index);
      else if (event.kind === "ready") yield* this.ready(event, kept.get(event));
    }
    yield* this.silent(events.at(-1)?.at ?? 0);
  }

  /** Members that never came to do anything: the specification wants to know of them all the same. */
  private *silent(at: Instant): Generator<string, void> {
    for (const id of new Set([...this.founders, ...this.added])) {
      if (this.members.has(id)) continue;
      const nothing = {
        step: "init",
        term: 0,
        vote: 0,
        commit: 0,
        role: "follower",
        last: 0,
      } as const;
      const state = new ShownMember(id).shown(nothing);
      yield this.writer.line("InitState", at, id, state, null, null);
    }
  }

  /** The steps of one Ready; of one that a crash undid, the first `count`. */
  private ready(ready: ReadyEvent, count: number | undefined): readonly string[] {
    const { at, member: id } = ready;
    const all = this.withSnapshots(ready);
    const steps = count === undefined ? all : upTo(all, count);
    for (const { step, message } of all.slice(steps.length)) {
      if (step === "send" && message !== undefined) this.wire.undo(message);
    }
    const recovered = this.recovered.get(id);
    assert(recovered !== undefined, "a member tells what it found before all else");
    for (const { changes = [] } of steps) for (const { node } of changes) this.added.add(node);
    const lines: string[] = [];
    const context: ReadyContext = {
      at,
      member: id,
      changes: this.changes,
      wire: this.wire,
      recovered,
      line: (name, state, message, properties) => {
        lines.push(this.writer.line(name, at, id, state, message, properties));
      },
    };
    if (steps.length > 0) exportReady(this.member(id), steps, context);
    return lines;
  }

  /** One event for each entry that changed the configuration; those that found it say all of it. */
  private changesOf(events: readonly TraceEvent[]): ConfEvent[] {
    const { founders } = this;
    const changes: ConfEvent[] = [];
    for (const event of events) {
      if (event.kind === "fault" && ANOTHER_CLUSTER.includes(event.fault)) {
        const place = { at: event.at, member: event.members[0] ?? 0 };
        throw new UnmodelledError(place, event.text, "leave that out");
      }
      if (event.kind !== "conf" || event.index <= (changes.at(-1)?.index ?? 0)) continue;
      const founds = event.index <= founders.length;
      if (!founds && isUnchanged(changes.at(-1)?.conf, event.conf)) throw refusedChange(event);
      changes.push(founds ? { ...event, conf: { ...event.conf, voters: founders } } : event);
    }
    return changes;
  }

  private member(id: number): ShownMember {
    const known = this.members.get(id);
    if (known !== undefined) return known;
    const member = new ShownMember(id);
    this.members.set(id, member);
    return member;
  }

  private noteSnapshot(member: number, index: number | undefined): void {
    if (index === undefined) return;
    this.snapshots.set(member, [...(this.snapshots.get(member) ?? []), index]);
  }

  /** etcd puts its newest state into a snapshot as it goes out, not the one that raft asked for. */
  private withSnapshots(ready: ReadyEvent): readonly RaftStep[] {
    const indexes = this.snapshots.get(ready.member);
    if (indexes === undefined) return ready.steps;
    this.snapshots.delete(ready.member);
    return ready.steps.map((step) => {
      const { message } = step;
      if (step.step !== "send" || message?.snapshot === undefined) return step;
      const index = indexes.shift() ?? message.snapshot.index;
      return { ...step, message: { ...message, snapshot: { ...message.snapshot, index } } };
    });
  }
}

/** What an operator does by hand to data directories: terms and logs begin anew. */
const ANOTHER_CLUSTER: readonly string[] = ["snapshot-restore", "force-new-cluster"];

/** An entry that left the configuration as it was: a change without effect is not proposed. */
function isUnchanged(before: ConfSummary | undefined, now: ConfSummary): boolean {
  return before !== undefined && CONF_PARTS.every((part) => isEqual(before[part], now[part]));
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/** Raft proposes whatever it is asked to; that, say, an id was used before only the members know. */
function refusedChange(event: ConfEvent): UnmodelledError {
  const what = `the members refuse the change at entry ${event.index} when they apply it`;
  return new UnmodelledError(event, what, "leave that change out");
}

/** The first `count` steps, which were made durable: for the specification by a Ready of their own. */
function upTo(steps: readonly RaftStep[], count: number): readonly RaftStep[] {
  const kept = steps.slice(0, count);
  const last = kept.at(-1);
  if (last !== undefined && last.step !== "ready") kept.push({ ...last, step: "ready" });
  return kept;
}
