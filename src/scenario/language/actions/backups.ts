import { FaultError } from "../../../sim/faults.ts";
import { flag, integer, members, record, text } from "../../read/scalars.ts";
import { callText } from "../../run/client-call.ts";
import type { World } from "../../run/world.ts";
import { referToMembers } from "../member-names.ts";
import { type Action, action } from "./action.ts";
import { clientId, giveOperation, withOperation } from "./addressed.ts";

/** etcdutl's sentence. */
const ONE_NEEDS_OTHER = "--mark-compacted required if --revision-bump > 0";

const restoreInput = record("key of snapshot-restore", {
  members,
  from: text,
  "bump-revision": integer(1, 1_000_000_000_000).optional(),
  "mark-compacted": flag.default(false),
}).refine((input) => (input["bump-revision"] !== undefined) === input["mark-compacted"], {
  error: `${ONE_NEEDS_OTHER}: say both, or neither`,
});

/** What came of `snapshot-save`. */
function backupNamed(world: World, name: string): Uint8Array {
  const call = world.clients.named.get(name);
  const response = call?.response;
  if (response?.type === "snapshot") return response.response.blob;
  const found = call === undefined ? "it was never asked for" : callText(call);
  throw new FaultError(`"${name}" is no backup: ${found}`);
}

/** How an operator begins another cluster with what is left of one. */
export const BACKUP_ACTIONS = {
  "snapshot-save": action(
    "An operator saves a member's database, as `etcdctl snapshot save` does, for `snapshot-restore`.",
    withOperation(
      record("key of snapshot-save", {
        member: members,
        client: clientId.default(1),
        as: text.optional(),
      }),
      () => "snapshot-save",
    ),
    (names, input) => {
      giveOperation(names, input);
      referToMembers(names, input.member, "member");
    },
    (world, { member, client, operation }) => {
      const to = world.member(member);
      const what = `save a snapshot of m${to}`;
      const call = { type: "snapshot", request: {} } as const;
      world.clients.ask(client, call, what, operation, { to, pin: true });
    },
  ),
  "snapshot-restore": action(
    "Members that are down get a backup's data, as `etcdutl snapshot restore` writes it, each as a founder of another cluster; other machines are out of use from then on. `bump-revision` and `mark-compacted` keep watchers from taking its revisions for those they know.",
    restoreInput,
    (names, input) => {
      referToMembers(names, input.members, "members");
      names.refer("operation", input.from, "from");
    },
    (world, input) => {
      const backup = backupNamed(world, input.from);
      const bumpRevision = input["bump-revision"] ?? 0;
      const ids = world.members(input.members);
      world.inject({ type: "snapshot-restore", members: ids, backup, bumpRevision });
    },
  ),
  "force-new-cluster": action(
    "A member that is down, as all others are, starts with --force-new-cluster: alone, with what it knows to be committed; other machines are out of use from then on.",
    members,
    referToMembers,
    (world, selector) => {
      world.inject({ type: "force-new-cluster", member: world.member(selector) });
    },
  ),
} satisfies Record<string, Action>;
