import { z } from "zod";
import { expected, flag, parsed, record } from "../../read/scalars.ts";
import { type Action, action } from "./action.ts";
import { callOptions, giveOperation, request, withOperation } from "./addressed.ts";
import { revision, revisionNow } from "./revisions.ts";
import {
  type Guard,
  namesOfTxn,
  type Operation,
  parseGuard,
  parseOperation,
  txnOf,
} from "./txn-syntax.ts";

const guards = z.array(parsed<Guard>('a guard such as "version of a = 0"', parseGuard)).default([]);

/** `put a=1`, or a transaction within the transaction. */
const operation: z.ZodType<Operation> = z
  .lazy(() => z.union([written, nested], { error: (issue) => expected(OPERATION, issue.input) }))
  .meta({ id: "operation" });
const OPERATION = 'an operation such as "put a=1", or {if: …, then: …, else: …}';
const written = parsed<Operation>(OPERATION, parseOperation);
const operations = z.array(operation).default([]);

// biome-ignore lint/suspicious/noThenProperty: a transaction's own word
const txnShape = { if: guards, then: operations, else: operations };
const nested = record("key of a transaction", txnShape).transform(
  (input): Operation => ({ kind: "txn", ...input }),
);
const txnInput = withOperation(request("key of txn", txnShape), () => "txn");

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

/** What clients ask of the store beside simple operations on one key. */
export const STORE_ACTIONS = {
  txn: action(
    "A transaction: if all guards hold (`value of a = 1`, `version`, `created`, `modified`, `lease of a = L`, `holds jobs`) `then`, else `else`: `put a=1 under L`, `get k* at newest - 3`, `delete b* with prev`, or {if: …, then: …, else: …}.",
    txnInput,
    (names, input) => {
      namesOfTxn(names, input, input.client);
      giveOperation(names, input);
    },
    (world, input) => {
      const { then: success, else: failure, client, operation } = input;
      const text = `a transaction of ${success.length + failure.length} operations`;
      const call = txnOf(input, world, client);
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
