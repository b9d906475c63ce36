import { ConfigurationSet } from "./configuration-set.ts";
import { ILLEGAL, type Machine } from "./model.ts";
import type { Operation } from "./operation.ts";

export type Verdict = "ok" | "illegal" | "unknown";

export interface SearchProgress {
  /** The longest order found, as positions in `operations`. */
  readonly order: readonly number[];
  /** The operation at whose return that order ends, because it had to be in it; -1: the order is whole. */
  readonly blocked: number;
  /** The machine's state at the end of the order. */
  readonly state: number;
  /** How many configurations were looked at. */
  readonly configurations: number;
}

const NONE = -1;
const UNBEGUN = -2;

/**
 * Is there an order of the operations that respects real time and that the machine could have executed?
 * The search of Wing and Gong with Lowe's cache ("Testing for linearizability", 2017), which differs from
 * porcupine's in three ways:
 *
 * - What an order has taken is written down as the return that it waits for and a bit for each operation
 *   open there, for all that returned before is taken: a few words, however long the history.
 * - An open operation that changes nothing and whose answer is right now is taken at once and without an
 *   alternative: wherever else an order has it, it could stand here as well.
 * - Of open operations without an end that differ in nothing, only the first is tried.
 */
export class Search {
  private readonly machine: Machine;
  /** Calls and returns in the order of time: 2i is the call of the i-th operation, 2i + 1 its return. */
  private readonly events: Int32Array;
  /** 1: it has no end, so that it need not be taken. */
  private readonly endless: Uint8Array;
  /** Which bit of a configuration stands for the operation while it is open. */
  private readonly slots: Int32Array;
  private readonly seen: ConfigurationSet;
  /** The event waited for, the state, the bits of open operations that were taken. */
  private readonly row: Int32Array;
  private readonly taken: Uint8Array;
  /** The open operations that were not taken, in the order of their calls: a ring through `head`. */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly head: number;
  /** The event that is waited for: all before it lie behind. */
  private position = 0;
  private state = 0;
  /** What was taken, first to last, with position and state before it; and whether it had an alternative. */
  private depth = 0;
  private readonly order: Int32Array;
  private readonly positions: Int32Array;
  private readonly states: Int32Array;
  private readonly forced: Uint8Array;
  /** What to try next; {@link UNBEGUN} before the first step. */
  private candidate = UNBEGUN;
  private best: { position: number; order: readonly number[]; state: number } = {
    position: -1,
    order: [],
    state: 0,
  };

  /** `maxBytes`: what the configurations that were seen may take. */
  constructor(operations: readonly Operation[], machine: Machine, maxBytes: number) {
    const count = operations.length;
    this.machine = machine;
    this.events = eventsInOrder(operations);
    this.endless = Uint8Array.from(operations, (each) => (Number.isFinite(each.return) ? 0 : 1));
    this.slots = new Int32Array(count);
    const words = Math.ceil(assignSlots(this.events, this.slots) / 32);
    this.seen = new ConfigurationSet(2 + words, maxBytes);
    this.row = new Int32Array(2 + words);
    this.taken = new Uint8Array(count);
    this.head = count;
    this.next = new Int32Array(count + 1);
    this.previous = new Int32Array(count + 1);
    this.next[count] = count;
    this.previous[count] = count;
    this.order = new Int32Array(count);
    this.positions = new Int32Array(count);
    this.states = new Int32Array(count);
    this.forced = new Uint8Array(count);
  }

  /** Goes on for so many steps at most. `unknown`: it has not come to an end. */
  run(steps: number): Verdict {
    if (this.candidate === UNBEGUN) {
      this.advance();
      this.candidate = this.arrive();
    }
    for (let left = steps; this.position < this.events.length; left--) {
      if (this.candidate === NONE) return "illegal";
      if (left === 0 || this.seen.full) return "unknown";
      this.candidate = this.takeFrom(this.candidate) ? this.arrive() : this.retreat();
    }
    return "ok";
  }

  /** There is no room for more configurations: going on is of no use. */
  get full(): boolean {
    return this.seen.full;
  }

  get bytes(): number {
    return this.seen.bytes;
  }

  /** How far it got. */
  progress(): SearchProgress {
    this.keepBest();
    const { position, order, state } = this.best;
    const event = position < this.events.length ? (this.events[position] as number) : NONE;
    return { order, blocked: event >> 1, state, configurations: this.seen.size };
  }

  private keepBest(): void {
    if (this.position <= this.best.position) return;
    const order = [...this.order.subarray(0, this.depth)];
    this.best = { position: this.position, order, state: this.state };
  }

  /** Takes what needs no choice. Returns the first candidate, or that of an earlier place if this one was seen. */
  private arrive(): number {
    this.takeForced();
    if (this.position === this.events.length) return this.head;
    this.row[0] = this.position;
    this.row[1] = this.state;
    return this.seen.add(this.row) ? (this.next[this.head] as number) : this.retreat();
  }

  private takeForced(): void {
    const { machine, next, head } = this;
    let each = next[head] as number;
    while (each !== head) {
      if (machine.changes(each) || machine.step(this.state, each) === ILLEGAL) {
        each = next[each] as number;
        continue;
      }
      const after = next[each] as number;
      const before = this.position;
      this.take(each, this.state, 1);
      // What was called meanwhile stands at the end of the ring, behind `after`, unless that was its end.
      each = before !== this.position && after === head ? (next[head] as number) : after;
    }
  }

  /** Takes the first of the open operations from `candidate` on that can be next; false: none can. */
  private takeFrom(candidate: number): boolean {
    const { machine, next, head, endless } = this;
    for (let each = candidate; each !== head; each = next[each] as number) {
      if (endless[each] === 1 && this.hasTwin(each)) continue;
      const after = machine.step(this.state, each);
      if (after === ILLEGAL || (endless[each] === 1 && after === this.state)) continue;
      this.take(each, after, 0);
      return true;
    }
    return false;
  }

  /** Whether an open operation before it differs from it in nothing. */
  private hasTwin(operation: number): boolean {
    const { machine, next, head, endless } = this;
    const kind = machine.kind(operation);
    for (let each = next[head] as number; each !== operation; each = next[each] as number) {
      if (endless[each] === 1 && machine.kind(each) === kind) return true;
    }
    return false;
  }

  private take(operation: number, state: number, forced: 0 | 1): void {
    const { depth, next, previous } = this;
    this.order[depth] = operation;
    this.positions[depth] = this.position;
    this.states[depth] = this.state;
    this.forced[depth] = forced;
    this.depth++;
    next[previous[operation] as number] = next[operation] as number;
    previous[next[operation] as number] = previous[operation] as number;
    this.taken[operation] = 1;
    this.flip(operation);
    this.state = state;
    this.advance();
  }

  /** Goes on to the first return of an operation that was not taken, or to the end. */
  private advance(): void {
    const { events, taken, previous, next, head } = this;
    while (this.position < events.length) {
      const event = events[this.position] as number;
      const operation = event >> 1;
      if ((event & 1) === 1) {
        if (taken[operation] === 0) return;
        this.flip(operation);
      } else {
        const last = previous[head] as number;
        next[last] = operation;
        previous[operation] = last;
        next[operation] = head;
        previous[head] = operation;
      }
      this.position++;
    }
  }

  /** Gives up the last choice. Returns what can be tried instead of it; NONE: there was no choice any more. */
  private retreat(): number {
    this.keepBest();
    while (this.depth > 0) {
      const { head } = this;
      const depth = --this.depth;
      const operation = this.order[depth] as number;
      this.goBackTo(this.positions[depth] as number);
      this.state = this.states[depth] as number;
      this.flip(operation);
      this.taken[operation] = 0;
      this.next[this.previous[operation] as number] = operation;
      this.previous[this.next[operation] as number] = operation;
      if (this.forced[depth] === 1) continue;
      const candidate = this.next[operation] as number;
      if (candidate !== head) return candidate;
    }
    return NONE;
  }

  private goBackTo(position: number): void {
    const { events, previous, next, head } = this;
    while (this.position > position) {
      const event = events[--this.position] as number;
      if ((event & 1) === 1) this.flip(event >> 1);
      else {
        const last = previous[head] as number;
        previous[head] = previous[last] as number;
        next[previous[last] as number] = head;
      }
    }
  }

  /** An open operation is taken, or no more; or one that was taken is open no more, or again. */
  private flip(operation: number): void {
    const slot = this.slots[operation] as number;
    const word = 2 + (slot >> 5);
    this.row[word] = (this.row[word] as number) ^ (1 << (slot & 31));
  }
}

/** Of what happens at one time, calls come first: operations that touch overlap. */
function eventsInOrder(operations: readonly Operation[]): Int32Array {
  const events: number[] = [];
  for (const [i, { return: end }] of operations.entries()) {
    events.push(2 * i);
    if (Number.isFinite(end)) events.push(2 * i + 1);
  }
  const time = (event: number) => {
    const operation = operations[event >> 1] as Operation;
    return (event & 1) === 0 ? operation.call : operation.return;
  };
  events.sort((a, b) => time(a) - time(b) || (a & 1) - (b & 1) || a - b);
  return Int32Array.from(events);
}

/** Gives each operation a bit for as long as it is open. Returns how many bits there are. */
function assignSlots(events: Int32Array, slots: Int32Array): number {
  const free: number[] = [];
  let used = 0;
  for (const event of events) {
    if ((event & 1) === 0) slots[event >> 1] = free.pop() ?? used++;
    else free.push(slots[event >> 1] as number);
  }
  return used;
}
