import { z } from "zod";
import { expected, integer } from "../../read/scalars.ts";
import type { World } from "../../run/world.ts";

/** A revision of the store: this one, or so many after the newest (before it: less than 0). */
export type Revision = number | { readonly newest: number };

const WHAT = 'a revision such as 7, newest or "newest - 3"';
const RELATIVE = /^(?:newest|current)(?: ?([-+]) ?([0-9]{1,15}))?$/;

/** `7`, `-1`, `newest`, `newest - 3`; or a sentence that says why it is none. */
export function parseRevision(text: string): Revision | string {
  if (/^-?[0-9]{1,15}$/.test(text)) return Number(text);
  const [whole, sign, distance = "0"] = RELATIVE.exec(text) ?? [];
  if (whole === undefined) return `"${text}" is no revision; write e.g. 7, newest or newest - 3`;
  return { newest: sign === "-" ? -Number(distance) : Number(distance) };
}

/**
 * Any whole number, as clients may send it; or relative to the newest (`current` is an older word for it).
 * What a member makes of 0 and of less is etcd's to say.
 */
export const revision = z.union(
  [
    integer(Number.MIN_SAFE_INTEGER),
    z
      .string()
      .meta({ pattern: RELATIVE.source })
      .transform((input, context): Revision => {
        const value = parseRevision(input.trim());
        if (typeof value !== "string") return value;
        context.issues.push({ code: "custom", message: value, input });
        return z.NEVER;
      })
      .meta({ id: "revision" }),
  ],
  { error: (issue) => expected(WHAT, issue.input) },
);

/** Which one is meant now: of the leader's store, else of the member's that applied most; relative ones are never below 1. */
export function revisionNow(world: World, revision: Revision): number {
  if (typeof revision === "number") return revision;
  return Math.max(1, newestRevision(world) + revision.newest);
}

function newestRevision({ cluster }: World): number {
  const leader = cluster.leader();
  if (leader !== 0) return cluster.view(leader).revision;
  return cluster.views().reduce((most, view) => (view.applied > most.applied ? view : most))
    .revision;
}

/** For the reader: `newest - 3`. */
export function revisionText(revision: Revision): string {
  if (typeof revision === "number") return String(revision);
  const { newest } = revision;
  if (newest === 0) return "newest";
  return newest < 0 ? `newest - ${-newest}` : `newest + ${newest}`;
}
