import { assert } from "./assert.ts";
import { type Instant, NEVER } from "./time.ts";

/** Names one pushed event; 0 is never an id. */
export type EventId = number;

/** An event that has not happened yet. */
export interface Pending<P> {
  readonly id: EventId;
  readonly kind: number;
  readonly target: number;
  readonly payload: P | null;
}

/** Ids are `generation * SLOTS_MAX + slot`, so that an id of a gone event never names a later one. */
const SLOTS_MAX = 1 << 20;
const FREE = -1;
const CANCELLED = -2;

/**
 * Events in the order of (time, order of pushing). A binary heap of slot numbers with its keys
 * in typed arrays beside it: pushing and popping allocate nothing once the arrays have grown.
 *
 * `pop` leaves the event in the fields `at`, `kind`, `target`, `payload`, which hold until the
 * next `pop`. Invariant between calls: the top of the heap, if any, is a live event.
 */
export class EventQueue<P> {
  at: Instant = 0;
  kind = 0;
  target = 0;
  payload: P | null = null;
  /** Pending events, cancelled ones not counted. */
  size = 0;

  // The heap: position -> time, sequence, slot.
  private times = new Float64Array(64);
  private sequences = new Float64Array(64);
  private slots = new Int32Array(64);
  private heapSize = 0;
  private nextSequence = 1;

  // The slots: what the events carry. `kinds` also tells free and cancelled slots.
  private kinds = new Int32Array(64).fill(FREE);
  private targets = new Int32Array(64);
  private generations = new Float64Array(64);
  private readonly payloads: (P | null)[] = new Array<P | null>(64).fill(null);
  private freeSlots = new Int32Array(64);
  private freeCount = 0;
  private slotCount = 0;

  /** Adds an event at `at`; `kind` is a small integer >= 0. The id is good for `cancel`. */
  push(at: Instant, kind: number, target: number, payload: P | null): EventId {
    assert(at >= 0 && at <= Number.MAX_SAFE_INTEGER, "an event happens at an instant");
    assert(kind >= 0, "event kinds are not negative");
    if (this.heapSize === this.times.length) this.growHeap();
    const slot = this.freeCount > 0 ? (this.freeSlots[--this.freeCount] as number) : this.newSlot();
    this.kinds[slot] = kind;
    this.targets[slot] = target;
    this.payloads[slot] = payload;
    this.size++;
    this.siftUp(this.heapSize++, at, this.nextSequence++, slot);
    return (this.generations[slot] as number) * SLOTS_MAX + slot;
  }

  /** The time of the next event, or {@link NEVER}. */
  peekAt(): Instant {
    return this.heapSize === 0 ? NEVER : (this.times[0] as number);
  }

  /** Takes the next event off and puts it into the fields; false if there is none. */
  pop(): boolean {
    if (this.heapSize === 0) {
      this.payload = null;
      return false;
    }
    const slot = this.slots[0] as number;
    const kind = this.kinds[slot] as number;
    assert(kind >= 0, "the top of the heap is a live event");
    this.at = this.times[0] as number;
    this.kind = kind;
    this.target = this.targets[slot] as number;
    this.payload = this.payloads[slot] as P | null;
    this.size--;
    this.release(slot);
    this.removeTop();
    if (this.heapSize > this.size) this.dropCancelledTop();
    return true;
  }

  /** Takes an event back. False if it has happened, or was cancelled before. */
  cancel(id: EventId): boolean {
    const generation = Math.floor(id / SLOTS_MAX);
    const slot = id - generation * SLOTS_MAX;
    if (id <= 0 || slot >= this.slotCount || this.generations[slot] !== generation) return false;
    if ((this.kinds[slot] as number) < 0) return false;
    this.kinds[slot] = CANCELLED;
    this.payloads[slot] = null;
    this.size--;
    this.dropCancelledTop();
    // Timers that are set anew all the time would otherwise fill the heap with the dead.
    if (this.heapSize > 64 && this.heapSize > 2 * this.size) this.rebuild();
    return true;
  }

  /** All that is to happen, in order. Costs a sort: for the rare question what is under way. */
  pending(): readonly Pending<P>[] {
    const { times, sequences, slots, kinds } = this;
    const order = Array.from({ length: this.heapSize }, (_, i) => i)
      .filter((i) => (kinds[slots[i] as number] as number) >= 0)
      .sort(
        (a, b) =>
          (times[a] as number) - (times[b] as number) ||
          (sequences[a] as number) - (sequences[b] as number),
      );
    return order.map((i) => {
      const slot = slots[i] as number;
      return {
        id: (this.generations[slot] as number) * SLOTS_MAX + slot,
        kind: kinds[slot] as number,
        target: this.targets[slot] as number,
        payload: this.payloads[slot] as P | null,
      };
    });
  }

  clear(): void {
    for (let i = 0; i < this.heapSize; i++) this.release(this.slots[i] as number);
    this.heapSize = 0;
    this.size = 0;
    this.payload = null;
  }

  private release(slot: number): void {
    this.kinds[slot] = FREE;
    this.payloads[slot] = null;
    this.generations[slot] = (this.generations[slot] as number) + 1;
    this.freeSlots[this.freeCount++] = slot;
  }

  private dropCancelledTop(): void {
    while (this.heapSize > 0) {
      const slot = this.slots[0] as number;
      if (this.kinds[slot] !== CANCELLED) return;
      this.release(slot);
      this.removeTop();
    }
  }

  /** Puts the key into the hole at `position`, after moving later ancestors down into it. */
  private siftUp(position: number, at: number, sequence: number, slot: number): void {
    const { times, sequences, slots } = this;
    let hole = position;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const time = times[parent] as number;
      if (time < at || (time === at && (sequences[parent] as number) < sequence)) break;
      times[hole] = time;
      sequences[hole] = sequences[parent] as number;
      slots[hole] = slots[parent] as number;
      hole = parent;
    }
    times[hole] = at;
    sequences[hole] = sequence;
    slots[hole] = slot;
  }

  /**
   * Moves the hole at the top down to the bottom along the earlier children, then lets the last
   * key rise from there: it comes from the bottom and seldom rises far, which saves a comparison
   * on each level.
   */
  private removeTop(): void {
    const size = --this.heapSize;
    if (size === 0) return;
    const { times, sequences, slots } = this;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      const right = child + 1;
      if (right < size) {
        const leftTime = times[child] as number;
        const rightTime = times[right] as number;
        if (
          rightTime < leftTime ||
          (rightTime === leftTime && (sequences[right] as number) < (sequences[child] as number))
        ) {
          child = right;
        }
      }
      times[hole] = times[child] as number;
      sequences[hole] = sequences[child] as number;
      slots[hole] = slots[child] as number;
      hole = child;
    }
    this.siftUp(hole, times[size] as number, sequences[size] as number, slots[size] as number);
  }

  /** Throws the cancelled events out. The order is total, so the new heap pops as the old would. */
  private rebuild(): void {
    const { times, sequences, slots } = this;
    const oldSize = this.heapSize;
    this.heapSize = 0;
    for (let i = 0; i < oldSize; i++) {
      const slot = slots[i] as number;
      if (this.kinds[slot] === CANCELLED) this.release(slot);
      else {
        // heapSize <= i: the rising key only touches positions that were read before.
        this.siftUp(this.heapSize++, times[i] as number, sequences[i] as number, slot);
      }
    }
    assert(this.heapSize === this.size, "after a rebuild only live events remain");
  }

  private newSlot(): number {
    const slot = this.slotCount++;
    assert(slot < SLOTS_MAX, "more than 2^20 pending events");
    if (slot === this.kinds.length) {
      this.kinds = grown(this.kinds, new Int32Array(2 * slot));
      this.targets = grown(this.targets, new Int32Array(2 * slot));
      this.generations = grown(this.generations, new Float64Array(2 * slot));
      this.freeSlots = grown(this.freeSlots, new Int32Array(2 * slot));
    }
    // Generations start at 1, so that no id is 0.
    this.generations[slot] = 1;
    if (slot >= this.payloads.length) this.payloads.push(null);
    return slot;
  }

  private growHeap(): void {
    const capacity = 2 * this.heapSize;
    this.times = grown(this.times, new Float64Array(capacity));
    this.sequences = grown(this.sequences, new Float64Array(capacity));
    this.slots = grown(this.slots, new Int32Array(capacity));
  }
}

function grown<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
