import type {
  RaftStep,
  RaftStepName,
  ReadyEvent,
  RecoverEvent,
  TraceEvent,
} from "../../trace/events.ts";
import { UnmodelledError } from "./unmodelled.ts";

/**
 * Which steps came to stay. For the specification a Ready is one step: it is durable and sent. A
 * crash may come between the Ready and the end of its sync; then what the member finds when it
 * starts again decides: the steps beyond that never happened. Readys that lose nothing are absent;
 * the number is that of steps kept.
 */
export function keptSteps(events: readonly TraceEvent[]): ReadonlyMap<ReadyEvent, number> {
  const kept = new Map<ReadyEvent, number>();
  const lives = new Map<number, Life>();
  for (const event of events) {
    const life = lives.get(event.member) ?? NEW_LIFE;
    if (event.kind === "ready") {
      const before = life.open === null ? life.before : lastStep(life.open);
      lives.set(event.member, { before, open: event, saved: event.token === 0 });
    } else if (event.kind === "disk-done" && event.token === life.open?.token) {
      lives.set(event.member, { ...life, saved: true });
    } else if (event.kind === "recover" && life.open !== null && !life.saved) {
      const count = survivors(life.open, life.before, event);
      if (count < life.open.steps.length) kept.set(life.open, count);
      lives.set(event.member, { ...life, saved: true });
    }
  }
  return kept;
}

interface Life {
  /** The end of the Ready before the last. */
  readonly before: RaftStep | null;
  readonly open: ReadyEvent | null;
  readonly saved: boolean;
}

const NEW_LIFE: Life = { before: null, open: null, saved: true };

function lastStep(ready: ReadyEvent): RaftStep | null {
  return ready.steps.at(-1) ?? null;
}

/** Steps with the state before them: what they do is not known to have survived. */
const TELL_BEFORE: readonly RaftStepName[] = ["receive", "replicate", "propose-change"];

/** How many steps of a Ready that was cut short are on the disk. */
function survivors(ready: ReadyEvent, before: RaftStep | null, found: RecoverEvent): number {
  const { steps } = ready;
  // Not even its founding: it is founded once more.
  if (before === null && found.term === 0 && found.entries.length === 0) return 0;
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as RaftStep;
    if (!TELL_BEFORE.includes(step.step) && matches(step, found)) return i + 1;
  }
  if (before !== null && matches(before, found)) return 0;
  throw new UnmodelledError(
    ready,
    "a crash left a part of what the member was writing",
    "let the crash come at another moment, or give the disk no delay: disk: { sync: 0ms }",
  );
}

function matches(step: RaftStep, found: RecoverEvent): boolean {
  const last = found.entries.at(-1)?.index ?? found.snapshot.index;
  return step.term === found.term && step.vote === found.vote && step.last === last;
}
