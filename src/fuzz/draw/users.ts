import fc from "fast-check";
import type { StepData } from "../../scenario/read/scenario-data.ts";
import { ANN, BOB, type Draft, ROOT } from "./draft.ts";
import { inGroup, type Kind, key, kind, transaction } from "./kind.ts";

/** What ann's role may be granted: single keys, and ranges that touch. */
const PERMISSIONS = [
  "readwrite k0",
  "read k1..k3",
  "write k2",
  "write k3",
  "read k*",
  "write k1..k2",
];
const permission = fc.constantFrom(...PERMISSIONS);

const SHAPES = [
  "put",
  "get",
  "range",
  "nested",
  "prev",
  "lease",
  "open",
  "delete",
  "watch",
] as const;
type Shape = (typeof SHAPES)[number];

function attempt(shape: Shape, key: string, draft: Draft): Record<string, unknown> {
  const value = draft.value("u");
  switch (shape) {
    case "put":
      return { put: { key, value } };
    case "get":
      return { get: { key } };
    case "range":
      return { get: { key: "k1..k3" } };
    case "nested":
      return { txn: transaction([transaction([`put ${key}=${value}`])]) };
    case "prev":
      return { txn: transaction([`put ${key}=${value} with prev`]) };
    case "lease": {
      const lease = draft.leases.at(-1);
      return lease === undefined
        ? { put: { key, value } }
        : { txn: transaction([`put ${key}=${value} under ${lease}`]) };
    }
    case "open":
      return { get: { key: `${key}..` } };
    case "delete":
      return { delete: { key: "k1..k3", "prev-kv": true } };
    case "watch":
      return { watch: { prefix: "k", as: draft.name("U") } };
  }
}

/** The whole step by one of the users: of the one word, `client`. */
function by(client: number, step: Record<string, unknown>): Record<string, unknown> {
  const [word, argument] = Object.entries(step)[0] as [string, object];
  return { [word]: { ...argument, client } };
}

/**
 * Users whose permissions come and go, and one who knows nothing but his first password. Whoever else asks
 * for anything is root.
 */
export const USER_KINDS: readonly Kind[] = inGroup("auth", [
  kind("auth-enable", 3, fc.constant(0), (_, draft) => {
    const client = draft.client("admin");
    if (draft.authSetUp) return { "auth-enable": { client } };
    draft.authSetUp = true;
    const users = {
      root: { password: ROOT.password, roles: ["root"] },
      ann: { password: ANN.password, roles: ["r"] },
      bob: { password: BOB.password, roles: ["root"] },
    };
    return { "auth-setup": { roles: { r: [] }, users, client } };
  }),
  kind("auth-disable", 1, fc.constant(0), (_, draft) => ({
    "auth-disable": { client: draft.client("admin") },
  })),
  kind("grant-permission", 3, permission, (allow, draft) =>
    byAdmin(draft, "grant-permission", { role: "r", allow }),
  ),
  kind("revoke-permission", 2, permission, (allow, draft) =>
    byAdmin(draft, "revoke-permission", { role: "r", keys: allow.split(" ")[1] }),
  ),
  kind("role-delete", 1, fc.constant(0), (_, draft) =>
    byAdmin(draft, "role-delete", { role: "r" }),
  ),
  kind("role-add", 1, fc.constant(0), (_, draft) => byAdmin(draft, "role-add", { role: "r" })),
  kind("user-grant-role", 1, fc.constant(0), (_, draft) =>
    byAdmin(draft, "user-grant-role", { user: "ann", role: "r" }),
  ),
  kind("user-revoke-role", 1, fc.constant(0), (_, draft) =>
    byAdmin(draft, "user-revoke-role", { user: "ann", role: "r" }),
  ),
  kind("user-password", 1, fc.constant(0), (_, draft) =>
    byAdmin(draft, "user-password", { user: "bob", password: draft.value("p") }),
  ),
  kind("auth-status", 1, fc.constant(0), (_, draft) => ({
    "auth-status": { client: draft.client("admin") },
  })),
  kind(
    "as a user",
    6,
    fc.record({ shape: fc.constantFrom(...SHAPES), key, isAnn: fc.boolean() }),
    ({ shape, key, isAnn }, draft) => {
      if (!draft.authSetUp) return null;
      return by(draft.client(isAnn ? "ann" : "bob"), attempt(shape, key, draft));
    },
  ),
]);

/** Nothing can be said of users that nobody made. */
function byAdmin(draft: Draft, word: string, argument: object): StepData | null {
  if (!draft.authSetUp) return null;
  return { [word]: { ...argument, client: draft.client("admin") } };
}
