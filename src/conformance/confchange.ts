import { Changer, ConfChangeError, type Membership } from "../raft/confchange/changer.ts";
import { Inflights } from "../raft/tracker/inflights.ts";
import { configText, EMPTY_CONFIG } from "../raft/tracker/tracker-config.ts";
import type { Index } from "../raft/types.ts";
import { requireValue, scanBool } from "./argument.ts";
import { parseConfChanges } from "./conf-change-text.ts";
import { describeProgress } from "./describe-progress.ts";
import type { Directive } from "./script.ts";

/**
 * The conf change files: `simple`, `enter-joint [autoleave=true]` and `leave-joint`, with the
 * changes as input (`v1 l2 r3 u4`). One configuration lives as long as the file.
 */

const MAX_INFLIGHT = 10;

/** A handler for one file, starting from an empty configuration. */
export function confChangeHandler(): (directive: Directive) => string {
  let membership: Membership = { config: EMPTY_CONFIG, progress: [] };
  // Each command counts as one more entry in the log, so that `next` tells when a node came.
  let lastIndex: Index = 0;
  return (directive) => {
    try {
      const result = change(directive, membership, lastIndex);
      if (typeof result === "string") return result;
      membership = result;
    } catch (error) {
      if (error instanceof ConfChangeError) return `${error.message}\n`;
      throw error;
    } finally {
      lastIndex++;
    }
    return `${configText(membership.config)}\n${describeProgress(membership.progress)}`;
  };
}

/** @returns the new membership, or the text of an error that is no refusal of the changer. */
function change(
  { command, args, input }: Directive,
  membership: Membership,
  lastIndex: Index,
): Membership | string {
  const changes = parseConfChanges(input);
  if (typeof changes === "string") return changes;
  const changer = new Changer(membership, {
    lastIndex,
    newInflights: () => new Inflights(MAX_INFLIGHT, 0),
  });
  switch (command) {
    case "simple":
      return changer.simple(changes);
    case "enter-joint": {
      const autoLeave = args.length > 0 && scanBool(requireValue(args, "autoleave"));
      return changer.enterJoint(autoLeave, changes);
    }
    case "leave-joint":
      return changes.length > 0 ? "this command takes no input\n" : changer.leaveJoint();
    default:
      return "unknown command";
  }
}
