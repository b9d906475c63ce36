import type { Kind } from "./names.ts";

/** Of which kind are the names in the argument of a condition or an expectation. */
export const NAMED_IN: Readonly<Record<string, Kind>> = {
  // conditions
  answered: "operation",
  "watched to": "watch",
  "lease gone": "lease",
  renewed: "lease",
  holds: "lock",
  // both
  watched: "watch",
  "watch cancelled": "watch",
  // expectations
  acknowledged: "operation",
  "not acknowledged": "operation",
  pending: "operation",
  refused: "operation",
  ambiguous: "operation",
  unanswered: "operation",
  read: "operation",
  "answered with error": "operation",
  succeeded: "operation",
  "time left": "operation",
  healthy: "operation",
  unhealthy: "operation",
  "progress told": "watch",
  "served by": "watch",
  "victim at least": "watch",
  "lease lasted": "lease",
  "lease alive": "lease",
  held: "lock",
  observed: "observer",
  "sum kept": "bank",
};
