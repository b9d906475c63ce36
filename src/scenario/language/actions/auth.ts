import { z } from "zod";
import type { AuthOp, Permission } from "../../../api/requests.ts";
import { expected, flag, parsed, record, text } from "../../read/scalars.ts";
import { suggestion } from "../../read/suggest.ts";
import { PERMISSION_TYPES, setUpAuth } from "../../run/programs/auth.ts";
import type { NamesOf } from "../names.ts";
import { isKnownRole, referToRole } from "../role-names.ts";
import { type Action, action } from "./action.ts";
import {
  type AddressedOperation,
  addressed,
  callOptions,
  clientId,
  giveOperation,
  request,
  withOperation,
} from "./addressed.ts";
import { keyRange, keysOf, keysProblem } from "./key-ranges.ts";

/** `read config`, `readwrite jobs/*`; or a sentence that says what is wrong. */
function parsePermission(text: string): Permission | string {
  const [, type = "", keys = ""] = /^(\S+) (\S+)$/.exec(text) ?? [];
  const permType = PERMISSION_TYPES[type];
  if (permType !== undefined) return keysProblem(keys) ?? { permType, ...keysOf(keys) };
  if (type === "") return `"${text}" is no permission; write e.g. "readwrite jobs/*"`;
  return `unknown permission "${type}"${suggestion(type, Object.keys(PERMISSION_TYPES))}`;
}

const permission = parsed<Permission>('a permission such as "readwrite jobs/*"', parsePermission);

const user = record("key of a user", { password: text, roles: z.array(text).default([]) });

const operationOnRole: NamesOf<AddressedOperation & { readonly role: string }> = (names, input) => {
  referToRole(names, input.role, "role");
  giveOperation(names, input);
};

/** `true`, or who asks whom for it. */
function switched(about: string, word: string, what: string, call: AuthOp): Action {
  const input = withOperation(
    z
      .union([flag, record(`key of ${word}`, { ...addressed })], {
        error: (issue) => expected("true, or {client: …}", issue.input),
      })
      .transform((input) =>
        typeof input === "boolean"
          ? { yes: input, client: 1, to: undefined, only: false, as: undefined }
          : { yes: true, ...input },
      ),
    () => word,
  );
  return action(
    about,
    input,
    (names, input) => {
      if (input.yes) giveOperation(names, input);
    },
    (world, input) => {
      if (!input.yes) return;
      world.clients.ask(input.client, call, what, input.operation, callOptions(world, input));
    },
  );
}

/** What operators do with permissions, and with auth as a whole. Once auth is on they need a client that signed in as root. */
export const AUTH_ACTIONS = {
  "auth-setup": action(
    "A client makes roles (`{writer: [readwrite jobs/*]}`) and users (`{ann: {password: x, roles: [writer]}}`), and turns auth on.",
    withOperation(
      record("key of auth-setup", {
        roles: z.record(text, z.array(permission)).default({}),
        users: z.record(text, user).default({}),
        enable: flag.default(true),
        client: clientId.default(1),
        as: text.optional(),
      }),
      () => "auth-setup",
    ),
    (names, input) => {
      for (const role of Object.keys(input.roles)) names.give("role", role);
      for (const [name, { roles }] of Object.entries(input.users)) {
        names.give("user", name);
        for (const [i, role] of roles.entries()) {
          if (!isKnownRole(names, role)) names.refer("role", role, "users", name, "roles", i);
        }
      }
      giveOperation(names, input);
    },
    (world, { client: id, operation, ...plan }) => {
      world.clients.perform(id, "set up auth", operation, (client) => setUpAuth(client, plan));
    },
  ),
  "grant-permission": action(
    "A role may do more: `allow: read config`.",
    withOperation(
      request("key of grant-permission", { role: text, allow: permission }),
      ({ role }) => `grant-permission ${role}`,
    ),
    operationOnRole,
    (world, { role, allow, client, operation, ...how }) => {
      const change = { name: role, permission: allow };
      const call = { type: "authRoleGrantPermission", request: change } as const;
      const what = `grant a permission to ${role}`;
      const options = callOptions(world, { client, ...how });
      world.clients.ask(client, call, what, operation, options);
    },
  ),
  "revoke-permission": action(
    "A role may no longer do what it was allowed for these keys (`jobs/*`).",
    withOperation(
      request("key of revoke-permission", { role: text, keys: keyRange }),
      ({ role }) => `revoke-permission ${role}`,
    ),
    operationOnRole,
    (world, { role, keys: { text: keys, ...range }, client, operation, ...how }) => {
      const call = { type: "authRoleRevokePermission", request: { role, ...range } } as const;
      const what = `revoke ${role}'s permission for ${keys}`;
      const options = callOptions(world, { client, ...how });
      world.clients.ask(client, call, what, operation, options);
    },
  ),
  "auth-enable": switched(
    "Who asks for anything must be a user, and may do what its roles may.",
    "auth-enable",
    "turn auth on",
    { type: "authEnable", request: {} },
  ),
  "auth-disable": switched("Anybody may do anything again.", "auth-disable", "turn auth off", {
    type: "authDisable",
    request: {},
  }),
  "auth-status": switched("A client asks whether auth is on.", "auth-status", "ask about auth", {
    type: "authStatus",
    request: {},
  }),
} satisfies Record<string, Action>;
