import { EventQueue } from "../src/base/event-queue.ts";
import type { Bench } from "./measure.ts";

/** The event queue: one event off, one on, with so many pending. */
export function queueBench(pending: number): Bench {
  const queue = new EventQueue<null>();
  let state = 1;
  const delay = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 12;
  };
  for (let i = 0; i < pending; i++) queue.push(delay(), 0, 0, null);
  return {
    name: `event queue, ${pending} pending`,
    unit: "events",
    measure: "per second",
    run() {
      for (let i = 0; i < 200_000; i++) {
        queue.pop();
        queue.push(queue.at + delay(), 0, 0, null);
      }
      return 200_000;
    },
  };
}
