import { z } from "zod";
import { op } from "../../../api/build.ts";
import type { RequestOp } from "../../../api/requests.ts";
import { expected, flag, integer, parsed } from "../../read/scalars.ts";
import { type Action, action } from "./action.ts";
import { callOptions, request } from "./addressed.ts";
import { type Guard, parseGuard, parseOperation } from "./txn-words.ts";

const guards = z.array(parsed<Guard>('a guard such as "version of a = 0"', parseGuard)).default([]);
const operations = z
  .array(parsed<RequestOp>('an operation such as "put a=1"', parseOperation))
  .default([]);

const revision = z.union([z.literal("current"), integer(1)], {
  error: (issue) => expected("a revision, or current", issue.input),
});

const compactInput = z
  .union(
    [
      revision,
      request("key of compact", {
        revision: revision.default("current"),
        physical: flag.default(false),
      }),
    ],
    { error: (issue) => expected("a revision, current, or {revision: …}", issue.input) },
  )
  .transform((input) =>
    typeof input === "object"
      ? input
      : { revision: input, physical: false, client: 1, only: false, to: undefined, as: undefined },
  );

/** What clients ask of the store beside simple operations on one key. */
export const STORE_ACTIONS = {
  txn: action(
    "A transaction: if all guards hold (`value of a = 1`, `version`, `created`, `modified`, `lease of a = L`, `holds jobs`) `then`, else `else`: `put a=1`, `get a`, `delete b*`.",
    // biome-ignore lint/suspicious/noThenProperty: a transaction's own word
    request("key of txn", { if: guards, then: operations, else: operations }),
    (world, input) => {
      const compares = input.if.map((guard) => guard(world, input.client));
      const { then: success, else: failure, client, as } = input;
      const text = `a transaction of ${success.length + failure.length} operations`;
      const call = op.txn(compares, success, failure);
      world.clients.ask(client, call, text, as ?? "txn", callOptions(world, input));
    },
  ),
  compact: action(
    "History up to a revision goes; `physical`: the answer waits until its rows are gone. `current`: of the leader's store.",
    compactInput,
    (world, input) => {
      const { leader } = world.moment();
      const newest = leader === 0 ? 0 : world.cluster.view(leader).revision;
      const at = input.revision === "current" ? newest : input.revision;
      const call = {
        type: "compaction",
        request: { revision: at, physical: input.physical },
      } as const;
      const text = `compact to revision ${at}`;
      world.clients.ask(input.client, call, text, input.as ?? "compact", callOptions(world, input));
    },
  ),
} satisfies Record<string, Action>;
