import { z } from "zod";
import type { AuthOp } from "../../../api/requests.ts";
import { expected, text } from "../../read/scalars.ts";
import type { World } from "../../run/world.ts";
import type { NamesOf } from "../names.ts";
import { referToRole, referToUser } from "../role-names.ts";
import { type Action, action } from "./action.ts";
import {
  type Addressed,
  type AddressedOperation,
  callOptions,
  giveOperation,
  type NamedOperation,
  request,
  withOperation,
} from "./addressed.ts";

type Asked = Addressed & NamedOperation;

function ask(world: World, how: Asked, call: AuthOp, what: string): void {
  world.clients.ask(how.client, call, what, how.operation, callOptions(world, how));
}

/** How a name alone is meant. */
const BY_ANYBODY = { client: 1, to: undefined, only: false, as: undefined } as const;

const ofUser = (word: string) =>
  withOperation(
    z
      .union([text, request(`key of ${word}`, { user: text })], {
        error: (issue) => expected("the name of a user, or {user: …}", issue.input),
      })
      .transform((input) => (typeof input === "string" ? { user: input, ...BY_ANYBODY } : input)),
    ({ user }) => `${word} ${user}`,
  );

const ofRole = (word: string) =>
  withOperation(
    z
      .union([text, request(`key of ${word}`, { role: text })], {
        error: (issue) => expected("the name of a role, or {role: …}", issue.input),
      })
      .transform((input) => (typeof input === "string" ? { role: input, ...BY_ANYBODY } : input)),
    ({ role }) => `${word} ${role}`,
  );

const ofBoth = (word: string) =>
  withOperation(
    request(`key of ${word}`, { user: text, role: text }),
    ({ user, role }) => `${word} ${user} ${role}`,
  );

const operationOnUser: NamesOf<AddressedOperation & { readonly user: string }> = (names, input) => {
  referToUser(names, input.user, "user");
  giveOperation(names, input);
};

const operationOnBoth: NamesOf<
  AddressedOperation & { readonly user: string; readonly role: string }
> = (names, input) => {
  referToRole(names, input.role, "role");
  operationOnUser(names, input);
};

/** What operators do with users and roles, step by step, as etcdctl calls it. */
export const USER_ACTIONS = {
  "user-add": action(
    "A client makes a user; without a `password` it signs in by its certificate alone.",
    withOperation(
      request("key of user-add", { user: text, password: text.optional() }),
      ({ user }) => `user-add ${user}`,
    ),
    (names, input) => {
      names.give("user", input.user);
      giveOperation(names, input);
    },
    (world, { user: name, password, ...how }) => {
      const options = { noPassword: password === undefined };
      const made = { name, password: password ?? "", options, hashedPassword: "" };
      ask(world, how, { type: "authUserAdd", request: made }, `add the user ${name}`);
    },
  ),
  "user-delete": action(
    "A user is no more.",
    ofUser("user-delete"),
    operationOnUser,
    (world, { user: name, ...how }) =>
      ask(world, how, { type: "authUserDelete", request: { name } }, `delete the user ${name}`),
  ),
  "user-password": action(
    "A user has another password from now on (`etcdctl user passwd`).",
    withOperation(
      request("key of user-password", { user: text, password: text }),
      ({ user }) => `user-password ${user}`,
    ),
    operationOnUser,
    (world, { user: name, password, ...how }) => {
      const changed = { name, password, hashedPassword: "" };
      const call = { type: "authUserChangePassword", request: changed } as const;
      ask(world, how, call, `change ${name}'s password`);
    },
  ),
  "user-grant-role": action(
    "A user may do what a role may.",
    ofBoth("user-grant-role"),
    operationOnBoth,
    (world, { user, role, ...how }) => {
      const call = { type: "authUserGrantRole", request: { user, role } } as const;
      ask(world, how, call, `grant ${user} the role ${role}`);
    },
  ),
  "user-revoke-role": action(
    "A user may no longer do what only this role may.",
    ofBoth("user-revoke-role"),
    operationOnBoth,
    (world, { user, role, ...how }) => {
      const call = { type: "authUserRevokeRole", request: { user, role } } as const;
      ask(world, how, call, `take the role ${role} from ${user}`);
    },
  ),
  "role-add": action(
    "A client makes a role, which may do nothing yet (`grant-permission`).",
    ofRole("role-add"),
    (names, input) => {
      names.give("role", input.role);
      giveOperation(names, input);
    },
    (world, { role: name, ...how }) =>
      ask(world, how, { type: "authRoleAdd", request: { name } }, `add the role ${name}`),
  ),
  "role-delete": action(
    "A role is no more, and nobody has it.",
    ofRole("role-delete"),
    (names, input) => {
      referToRole(names, input.role, "role");
      giveOperation(names, input);
    },
    (world, { role, ...how }) =>
      ask(world, how, { type: "authRoleDelete", request: { role } }, `delete the role ${role}`),
  ),
} satisfies Record<string, Action>;
