import { record, signedDuration } from "../../read/scalars.ts";

/** `{from: 10s, to: 12s}`: both ends count. */
export const between = record("key of a span", { from: signedDuration, to: signedDuration }).refine(
  ({ from, to }) => from <= to,
  { error: "needs from <= to" },
);
