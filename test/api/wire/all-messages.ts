import * as auth from "../../../src/api/wire/auth.ts";
import * as cluster from "../../../src/api/wire/cluster.ts";
import * as election from "../../../src/api/wire/election.ts";
import { KeyValue } from "../../../src/api/wire/key-value.ts";
import * as kv from "../../../src/api/wire/kv.ts";
import * as lease from "../../../src/api/wire/lease.ts";
import * as lock from "../../../src/api/wire/lock.ts";
import * as maintenance from "../../../src/api/wire/maintenance.ts";
import * as membership from "../../../src/api/wire/membership.ts";
import type { Message } from "../../../src/api/wire/message.ts";
import { ResponseHeader } from "../../../src/api/wire/response-header.ts";
import * as watch from "../../../src/api/wire/watch.ts";

/** Every message that src/api/wire exports. Those inside of others are met there. */
export const MESSAGES: readonly Message<unknown>[] = [
  ...[auth, cluster, election, kv, lease, lock, maintenance, membership, watch].flatMap(
    Object.values,
  ),
  KeyValue,
  ResponseHeader,
].filter((found) => typeof found === "object") as Message<unknown>[];
