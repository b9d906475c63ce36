import { z } from "zod";
import type { Permission } from "../../../api/requests.ts";
import { expected, flag, parsed, record, text } from "../../read/scalars.ts";
import { suggestion } from "../../read/suggest.ts";
import { PERMISSION_TYPES, setUp } from "../../run/programs/auth.ts";
import { type Action, action } from "./action.ts";
import { addressed, callOptions, clientId, request } from "./addressed.ts";
import { keysOf, keysProblem } from "./txn-words.ts";

/** `read config`, `readwrite jobs/*`; or a sentence that says what is wrong. */
function parsePermission(words: string): Permission | string {
  const [, type = "", keys = ""] = /^(\S+) (\S+)$/.exec(words) ?? [];
  const permType = PERMISSION_TYPES[type];
  if (permType !== undefined) return keysProblem(keys) ?? { permType, ...keysOf(keys) };
  if (type === "") return `"${words}" is no permission; write e.g. "readwrite jobs/*"`;
  return `unknown permission "${type}"${suggestion(type, Object.keys(PERMISSION_TYPES))}`;
}

const permission = parsed<Permission>('a permission such as "readwrite jobs/*"', parsePermission);

const keyRange = parsed('keys such as "a" or "jobs/*"', (words) => {
  return keysProblem(words) ?? { words, range: keysOf(words) };
});

const user = record("key of a user", { password: text, roles: z.array(text).default([]) });

/** What operators do with users and roles. Once auth is on they need a client that signed in as root. */
export const AUTH_ACTIONS = {
  "auth-setup": action(
    "A client makes roles (`{writer: [readwrite jobs/*]}`) and users (`{ann: {password: x, roles: [writer]}}`), and turns auth on.",
    record("key of auth-setup", {
      roles: z.record(text, z.array(permission)).default({}),
      users: z.record(text, user).default({}),
      enable: flag.default(true),
      client: clientId.default(1),
      as: text.default("auth-setup"),
    }),
    (world, { client: id, as, ...plan }) => {
      world.clients.perform(id, "set up auth", as, (client) => setUp(client, plan));
    },
  ),
  "grant-permission": action(
    "A role may do more: `allow: read config`.",
    request("key of grant-permission", { role: text, allow: permission }),
    (world, { role, allow, client, as, ...how }) => {
      const change = { name: role, permission: allow };
      const call = { type: "authRoleGrantPermission", request: change } as const;
      const what = `grant a permission to ${role}`;
      const options = callOptions(world, { client, ...how });
      world.clients.ask(client, call, what, as ?? `grant-permission ${role}`, options);
    },
  ),
  "revoke-permission": action(
    "A role may no longer do what it was allowed for these keys (`jobs/*`).",
    request("key of revoke-permission", { role: text, keys: keyRange }),
    (world, { role, keys: { words: keys, range }, client, as, ...how }) => {
      const call = { type: "authRoleRevokePermission", request: { role, ...range } } as const;
      const what = `revoke ${role}'s permission for ${keys}`;
      const options = callOptions(world, { client, ...how });
      world.clients.ask(client, call, what, as ?? `revoke-permission ${role}`, options);
    },
  ),
  "auth-disable": action(
    "Anybody may do anything again.",
    z.union([flag, record("key of auth-disable", { ...addressed })], {
      error: (issue) => expected("true, or {client: …}", issue.input),
    }),
    (world, input) => {
      if (input === false) return;
      const how = input === true ? { client: 1, only: false, as: undefined } : input;
      const call = { type: "authDisable", request: {} } as const;
      const options = callOptions(world, how);
      world.clients.ask(how.client, call, "turn auth off", how.as ?? "auth-disable", options);
    },
  ),
} satisfies Record<string, Action>;
