import { assert } from "./assert.ts";
import { type Instant, NEVER } from "./time.ts";

/** Its owner's place in a {@link TimerHeap}. */
export class Timer<T> {
  readonly owner: T;
  /** Decides between equal times. */
  readonly order: number;
  at: Instant = NEVER;
  /** Where it stands in the heap; -1: in none. */
  place = -1;

  constructor(owner: T, order: number) {
    this.owner = owner;
    this.order = order;
  }
}

/**
 * Timers in the order of (time, order): a binary heap that knows where each one stands, so that one
 * that is put off moves in O(log n) and leaves nothing behind.
 */
export class TimerHeap<T> {
  private readonly heap: Timer<T>[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** The earliest timer's time, or NEVER. */
  get next(): Instant {
    const first = this.heap[0];
    return first === undefined ? NEVER : first.at;
  }

  /** The earliest timer; the heap must not be empty. */
  first(): Timer<T> {
    const first = this.heap[0];
    assert(first !== undefined, "first: the heap is empty");
    return first;
  }

  /** Adds the timer, or moves it to another time. */
  set(timer: Timer<T>, at: Instant): void {
    const before = timer.at;
    timer.at = at;
    if (timer.place < 0) {
      timer.place = this.heap.length;
      this.heap.push(timer);
      this.rise(timer);
      return;
    }
    assert(this.heap[timer.place] === timer, "a timer knows its place");
    if (at < before) this.rise(timer);
    else this.sink(timer);
  }

  /** Takes the timer out, if it is in. */
  cancel(timer: Timer<T>): void {
    const place = timer.place;
    if (place < 0) return;
    assert(this.heap[place] === timer, "a timer knows its place");
    const last = this.heap.pop() as Timer<T>;
    timer.place = -1;
    timer.at = NEVER;
    if (last === timer) return;
    this.heap[place] = last;
    last.place = place;
    this.rise(last);
    this.sink(last);
  }

  clear(): void {
    for (const timer of this.heap) {
      timer.place = -1;
      timer.at = NEVER;
    }
    this.heap.length = 0;
  }

  private rise(timer: Timer<T>): void {
    const { heap } = this;
    let place = timer.place;
    while (place > 0) {
      const parent = heap[(place - 1) >> 1] as Timer<T>;
      if (!earlier(timer, parent)) break;
      const up = parent.place;
      heap[place] = parent;
      parent.place = place;
      place = up;
    }
    heap[place] = timer;
    timer.place = place;
  }

  private sink(timer: Timer<T>): void {
    const { heap } = this;
    let place = timer.place;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      let child = heap[left] as Timer<T>;
      const right = heap[left + 1];
      if (right !== undefined && earlier(right, child)) child = right;
      if (!earlier(child, timer)) break;
      const down = child.place;
      heap[place] = child;
      child.place = place;
      place = down;
    }
    heap[place] = timer;
    timer.place = place;
  }
}

function earlier<T>(a: Timer<T>, b: Timer<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
