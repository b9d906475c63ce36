import type { Trace } from "../../trace/trace.ts";
import type { SimClock } from "../clock.ts";
import type { Payload } from "../event-kinds.ts";
import type { Node } from "../machine/node.ts";

/** What clients need of the world. */
export interface ClientWorld {
  readonly clock: SimClock<Payload>;
  readonly trace: Trace;
  memberIds(): readonly number[];
  node(id: number): Node;
  nextCallId(): number;
}
