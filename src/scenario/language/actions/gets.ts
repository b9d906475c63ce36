import { z } from "zod";
import { op } from "../../../api/build.ts";
import type { RangeRequest, SortTarget } from "../../../api/requests.ts";
import { expected, flag, integer, parsed } from "../../read/scalars.ts";
import { suggestion } from "../../read/suggest.ts";
import type { World } from "../../run/world.ts";
import { request, withOperation } from "./addressed.ts";
import { keys } from "./key-ranges.ts";
import { revision, revisionNow } from "./revisions.ts";

/** What gets ask for: a key, or a range of keys as etcd reads them. */

const TARGETS: Readonly<Record<string, SortTarget>> = {
  key: "KEY",
  version: "VERSION",
  created: "CREATE",
  modified: "MOD",
  value: "VALUE",
};

/** `modified`, `modified descending`; or a sentence that says what is wrong. */
function parseOrder(text: string): Pick<RangeRequest, "sortTarget" | "sortOrder"> | string {
  const [, by = text, descending] = /^(\S+)( descending)?$/.exec(text) ?? [];
  if (Object.hasOwn(TARGETS, by)) {
    const sortTarget = TARGETS[by] as SortTarget;
    return { sortTarget, sortOrder: descending === undefined ? "ASCEND" : "DESCEND" };
  }
  const hint = suggestion(by, Object.keys(TARGETS));
  return `nothing can be sorted by "${by}"${hint}; the order may be "key descending"`;
}

const whole = request("key of get", {
  key: keys,
  serializable: flag.default(false),
  revision: revision.optional(),
  limit: integer(1).optional(),
  "keys-only": flag.default(false),
  "count-only": flag.default(false),
  stream: flag.default(false),
  sort: parsed('an order such as "modified" or "key descending"', parseOrder).optional(),
});
type Get = z.output<typeof whole>;

const short = keys.transform(
  (key): Get => ({
    ...{ key, serializable: false, client: 1, only: false, as: undefined },
    ...{ "keys-only": false, "count-only": false, stream: false },
  }),
);

export const getInput = withOperation(
  z.union([short, whole], {
    error: (issue) => expected("a key, or {key: …, to: …}", issue.input),
  }),
  ({ key }) => key.text,
);

export function rangeOf(world: World, input: Get) {
  const { key: range, serializable, revision: wanted, limit = 0, sort = {} } = input;
  const { "keys-only": keysOnly, "count-only": countOnly } = input;
  const { rangeEnd } = range;
  const at = wanted === undefined ? 0 : revisionNow(world, wanted);
  const shape = { rangeEnd, serializable, revision: at, limit, keysOnly, countOnly, ...sort };
  const isOne = rangeEnd === "" && wanted === undefined && input.sort === undefined;
  return {
    request: op.get(range.key, shape),
    text: `get ${range.text}${wanted === undefined ? "" : ` at revision ${at}`}`,
    /** One key as it is now, and nothing else. */
    isSimple: isOne && limit === 0 && !keysOnly && !countOnly && !input.stream,
  };
}
