import { integer, members, record, text } from "../../read/scalars.ts";
import { referToMembers } from "../member-names.ts";
import { referToUser } from "../role-names.ts";
import { SelectorError } from "../selectors.ts";
import { type Action, action } from "./action.ts";
import { clientId, referToClient } from "./addressed.ts";

/** What happens to clients' processes, and whom they talk to. */
export const PROCESS_ACTIONS = {
  connect: action(
    "A client will talk to this member first, and to others when it fails. Before its first request it may be given a user to sign in as.",
    record("key of connect", {
      client: clientId,
      to: members.optional(),
      user: text.optional(),
      password: text.optional(),
    })
      .refine(({ to, user }) => to !== undefined || user !== undefined, {
        error: "connect it to a member, or as a user",
      })
      .refine(({ user, password }) => user === undefined || password !== undefined, {
        error: '"password" is missing: whoever signs in as a `user` has one',
      })
      .refine(({ user, password }) => user !== undefined || password === undefined, {
        error: "a password is a user's: say whose, with `user`",
        path: ["password"],
      }),
    (names, { to, user }) => {
      referToMembers(names, to, "to");
      // Users may be made after that: a client signs in when it first asks for something.
      if (user !== undefined) referToUser(names, user, "user");
    },
    (world, { client: id, to, user, password = "" }) => {
      const { cluster } = world;
      if (user !== undefined) {
        if (cluster.clients.knows(id)) {
          throw new SelectorError(
            `client ${id} has asked for something already: connect it before`,
          );
        }
        cluster.client(id, { auth: { name: user, password } });
      }
      if (to !== undefined) cluster.client(id).conn.endpoint = world.member(to);
    },
  ),
  "pause-client": action(
    "The client's process stands still, as in a long garbage collection; what comes to it waits.",
    clientId,
    referToClient,
    (world, client) => world.inject({ type: "client-pause", client }),
  ),
  "resume-client": action("A paused client goes on.", clientId, referToClient, (world, client) =>
    world.inject({ type: "client-resume", client }),
  ),
  "cut-client": action(
    "A client and these members don't hear each other, until `heal`.",
    record("key of cut-client", { client: clientId, from: members }),
    (names, { client, from }) => {
      referToClient(names, client, "client");
      referToMembers(names, from, "from");
    },
    (world, { client, from }) =>
      world.inject({ type: "client-cut", clients: [client], members: world.members(from) }),
  ),
  "drift-client": action(
    "The client's clock runs faster (ppm > 0) or slower.",
    record("key of drift-client", { client: clientId, ppm: integer(-990_000, 1_000_000) }),
    (names, { client }) => referToClient(names, client, "client"),
    (world, { client, ppm }) => world.inject({ type: "client-drift", client, ppm }),
  ),
} satisfies Record<string, Action>;
