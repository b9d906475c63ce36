import type { Names, Path } from "./names.ts";

/** The role of etcd's own: there from the start. */
const ROOT = "root";

export function isKnownRole(names: Names, role: string): boolean {
  return role === ROOT || names.has("role", role);
}

/** Some step makes it. Users and roles come and go, and etcd has its answer where there is none. */
export function referToRole(names: Names, role: string, ...at: Path): void {
  if (!isKnownRole(names.whole, role)) names.refer("role", role, ...at);
}

/** As of roles. */
export function referToUser(names: Names, user: string, ...at: Path): void {
  if (!names.whole.has("user", user)) names.refer("user", user, ...at);
}
