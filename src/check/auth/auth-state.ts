import type { AuthChange } from "../../trace/events.ts";

type Grant = Extract<AuthChange, { readonly type: "role-grant" }>;

export interface UserModel {
  readonly roles: readonly string[];
  /** The fingerprints of which its password is one; null: it may be any. */
  readonly passwords: readonly number[] | null;
}

/** Who may what after an entry: a state is never changed, the next one is made of it. */
export interface AuthState {
  /** The entry that made it. */
  readonly index: number;
  readonly enabled: boolean;
  readonly users: ReadonlyMap<string, UserModel>;
  readonly roles: ReadonlyMap<string, readonly Grant[]>;
}

export const ROOT = "root";

export const AUTH_AT_FIRST: AuthState = {
  index: 0,
  enabled: false,
  users: new Map(),
  roles: new Map(),
};

/** The state after `change`, which gave the user it concerns one of `passwords`. */
export function afterChange(
  state: AuthState,
  index: number,
  change: AuthChange,
  passwords: readonly number[] | null,
): AuthState {
  const next = { ...state, index };
  switch (change.type) {
    case "enable":
    case "disable":
      return { ...next, enabled: change.type === "enable" };
    case "user-add": {
      const known = change.noPassword ? [] : passwords;
      return { ...next, users: set(state.users, change.user, { roles: [], passwords: known }) };
    }
    case "user-delete":
      return { ...next, users: without(state.users, change.user) };
    case "user-password":
      return withUser(next, change.user, (user) => {
        // Who signs in by a certificate has none, whatever is said.
        return user.passwords?.length === 0 ? user : { ...user, passwords };
      });
    case "user-grant":
      return withUser(next, change.user, (user) => {
        const { roles } = user;
        return { ...user, roles: roles.includes(change.role) ? roles : [...roles, change.role] };
      });
    case "user-revoke":
      return withUser(next, change.user, (user) => withoutRole(user, change.role));
    case "role-add":
      return { ...next, roles: set(state.roles, change.role, []) };
    case "role-delete": {
      const users = new Map<string, UserModel>();
      for (const [name, user] of state.users) users.set(name, withoutRole(user, change.role));
      return { ...next, users, roles: without(state.roles, change.role) };
    }
    case "role-grant": {
      const grants = state.roles.get(change.role) ?? [];
      return { ...next, roles: set(state.roles, change.role, granted(grants, change)) };
    }
    case "role-revoke": {
      const { key, rangeEnd } = change;
      const grants = state.roles.get(change.role) ?? [];
      const left = grants.filter((grant) => grant.key !== key || grant.rangeEnd !== rangeEnd);
      return { ...next, roles: set(state.roles, change.role, left) };
    }
  }
}

/**
 * Granted again, a range is of the new type; but etcd looks for it at the first of its key's alone,
 * and adds it a second time where it finds another.
 */
function granted(grants: readonly Grant[], grant: Grant): Grant[] {
  const first = grants.findIndex(({ key }) => key === grant.key);
  if (first >= 0 && grants[first]?.rangeEnd === grant.rangeEnd) return grants.with(first, grant);
  // Behind those of the same key.
  const at = grants.findIndex(({ key }) => key > grant.key);
  return at < 0 ? [...grants, grant] : grants.toSpliced(at, 0, grant);
}

/** What may be asked of the keys that roles were granted: each by its own, or several together. */
export function covers(
  state: AuthState,
  user: UserModel,
  access: "read" | "write",
  key: string,
  rangeEnd: string,
): boolean {
  const other = access === "read" ? "WRITE" : "READ";
  const grants = user.roles
    .flatMap((role) => state.roles.get(role) ?? [])
    .filter((grant) => grant.access !== other)
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const isOpen = rangeEnd === OPEN;
  const end = endOf(key, rangeEnd);
  /** All keys of the range below it are covered. */
  let covered = key;
  for (const grant of grants) {
    if (grant.key > covered) return false;
    if (grant.rangeEnd === OPEN) return true;
    const high = endOf(grant.key, grant.rangeEnd);
    if (high > covered) covered = high;
    if (!isOpen && covered >= end) return true;
  }
  return false;
}

const OPEN = "\0";

function endOf(key: string, rangeEnd: string): string {
  return rangeEnd === "" ? `${key}\0` : rangeEnd;
}

function withUser(
  state: AuthState,
  name: string,
  change: (user: UserModel) => UserModel,
): AuthState {
  const user = state.users.get(name);
  return user === undefined ? state : { ...state, users: set(state.users, name, change(user)) };
}

function withoutRole(user: UserModel, role: string): UserModel {
  return { ...user, roles: user.roles.filter((other) => other !== role) };
}

function set<T>(map: ReadonlyMap<string, T>, key: string, value: T): Map<string, T> {
  return new Map(map).set(key, value);
}

function without<T>(map: ReadonlyMap<string, T>, key: string): Map<string, T> {
  const made = new Map(map);
  made.delete(key);
  return made;
}
