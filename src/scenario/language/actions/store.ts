import { z } from "zod";
import { op } from "../../../api/build.ts";
import type { RequestOp } from "../../../api/requests.ts";
import { expected, flag, parsed } from "../../read/scalars.ts";
import { referToOwnLock } from "../lock-names.ts";
import { type Action, action } from "./action.ts";
import { callOptions, giveOperation, request, withOperation } from "./addressed.ts";
import { revision, revisionNow } from "./revisions.ts";
import { compareOf, type Guard, giveWrittenKey, parseGuard, parseOperation } from "./txn-syntax.ts";

const guards = z.array(parsed<Guard>('a guard such as "version of a = 0"', parseGuard)).default([]);
const operations = z
  .array(parsed<RequestOp>('an operation such as "put a=1"', parseOperation))
  .default([]);

const compactInput = withOperation(
  z
    .union(
      [
        revision,
        request("key of compact", {
          revision: revision.default({ newest: 0 }),
          physical: flag.default(false),
        }),
      ],
      { error: (issue) => expected("a revision, newest, or {revision: …}", issue.input) },
    )
    .transform((input) =>
      typeof input === "object" && "revision" in input
        ? input
        : {
            revision: input,
            physical: false,
            client: 1,
            only: false,
            to: undefined,
            as: undefined,
          },
    ),
  () => "compact",
);

// biome-ignore lint/suspicious/noThenProperty: a transaction's own word
const txnShape = { if: guards, then: operations, else: operations };
const txnInput = withOperation(request("key of txn", txnShape), () => "txn");

/** What clients ask of the store beside simple operations on one key. */
export const STORE_ACTIONS = {
  txn: action(
    "A transaction: if all guards hold (`value of a = 1`, `version`, `created`, `modified`, `lease of a = L`, `holds jobs`) `then`, else `else`: `put a=1`, `get a`, `delete b*`.",
    txnInput,
    (names, input) => {
      for (const [i, guard] of input.if.entries()) {
        if (guard.kind === "lease") names.refer("lease", guard.lease, "if", i);
        if (guard.kind === "holds") referToOwnLock(names, input.client, guard.lock, "if", i);
      }
      for (const operation of [...input.then, ...input.else]) giveWrittenKey(names, operation);
      giveOperation(names, input);
    },
    (world, input) => {
      const compares = input.if.map((guard) => compareOf(guard, world, input.client));
      const { then: success, else: failure, client, operation } = input;
      const text = `a transaction of ${success.length + failure.length} operations`;
      const call = op.txn(compares, success, failure);
      world.clients.ask(client, call, text, operation, callOptions(world, input));
    },
  ),
  compact: action(
    "History up to a revision goes; `physical`: the answer waits until its rows are gone. `newest - 3`: of the leader's store.",
    compactInput,
    giveOperation,
    (world, input) => {
      const at = revisionNow(world, input.revision);
      const call = {
        type: "compaction",
        request: { revision: at, physical: input.physical },
      } as const;
      const text = `compact to revision ${at}`;
      world.clients.ask(input.client, call, text, input.operation, callOptions(world, input));
    },
  ),
} satisfies Record<string, Action>;
