import { utf8Encode } from "../base/utf8.ts";
import { type ConfChangeSingle, ConfChangeTransition, EMPTY } from "../raft/types.ts";
import { type Argument, describeArguments } from "./argument.ts";
import { type Command, firstPosition } from "./command.ts";
import { parseConfChanges } from "./conf-change-text.ts";
import { HarnessFatal, indexPanic } from "./failures.ts";
import { parseBool } from "./go-number.ts";
import { errorText } from "./messages.ts";

/** Proposals: `propose`, `propose-conf-change`. */

const TRANSITIONS: ReadonlyMap<string, ConfChangeTransition> = new Map([
  ["auto", ConfChangeTransition.Auto],
  ["implicit", ConfChangeTransition.JointImplicit],
  ["explicit", ConfChangeTransition.JointExplicit],
]);

/** `propose 1 data`. */
export const propose: Command = (environment, args) => {
  const position = firstPosition(args);
  const rest = args.slice(1);
  const data = rest[0];
  if (data === undefined || rest.length !== 1 || data.values.length > 0) {
    throw new HarnessFatal(`expected exactly one key with no vals: ${describeArguments(rest)}`);
  }
  const error = environment.node(position).raw.propose(utf8Encode(data.key));
  return error === null ? null : errorText(error);
};

/** `propose-conf-change 1 [v1=true] [transition=auto|implicit|explicit]`, input `v2 l3 r4 u5`. */
export const proposeConfChange: Command = (environment, args, input) => {
  const position = firstPosition(args);
  const options = confChangeOptions(args.slice(1));
  if (typeof options === "string") return options;
  const changes = parseConfChanges(input);
  if (typeof changes === "string") return changes;
  const { isV1, transition } = options;
  if (isV1 && (changes.length > 1 || transition !== ConfChangeTransition.Auto)) {
    return "v1 conf change can only have one operation and no transition";
  }
  const change = isV1
    ? { id: 0, ...firstChange(changes), context: EMPTY }
    : { transition, changes, context: EMPTY };
  const error = environment.node(position).raw.proposeConfChange(change);
  return error === null ? null : errorText(error);
};

function confChangeOptions(
  args: readonly Argument[],
): { isV1: boolean; transition: ConfChangeTransition } | string {
  let isV1 = false;
  let transition: ConfChangeTransition = ConfChangeTransition.Auto;
  for (const { key, values } of args) {
    for (const value of values) {
      if (key === "v1") {
        const parsed = parseBool(value);
        if (typeof parsed === "string") return parsed;
        isV1 = parsed;
      } else if (key === "transition") {
        const found = TRANSITIONS.get(value);
        if (found === undefined) return `unknown transition ${value}`;
        transition = found;
      } else return `unknown command ${key}`;
    }
  }
  return { isV1, transition };
}

function firstChange(changes: readonly ConfChangeSingle[]): ConfChangeSingle {
  const change = changes[0];
  if (change === undefined) throw indexPanic(0, 0);
  return change;
}
