import type { Permission, PermissionType, ServiceRequest } from "../../../api/requests.ts";
import type { Client } from "../../../client/client.ts";
import type { Task } from "../../../client/task.ts";

export interface AuthPlan {
  readonly roles: Readonly<Record<string, readonly Permission[]>>;
  readonly users: Readonly<
    Record<string, { readonly password: string; readonly roles: readonly string[] }>
  >;
  readonly enable: boolean;
}

const OPTIONS = { noPassword: false } as const;

/** What `etcdctl role add`, `user add` and so on do one after the other, and `auth enable` at last. */
export function* setUpAuth(client: Client, { roles, users, enable }: AuthPlan): Task<void> {
  const steps: ServiceRequest[] = [];
  for (const [name, permissions] of Object.entries(roles)) {
    steps.push({ type: "authRoleAdd", request: { name } });
    for (const permission of permissions) {
      steps.push({ type: "authRoleGrantPermission", request: { name, permission } });
    }
  }
  for (const [name, { password, roles: granted }] of Object.entries(users)) {
    const request = { name, password, options: OPTIONS, hashedPassword: "" };
    steps.push({ type: "authUserAdd", request });
    for (const role of granted) {
      steps.push({ type: "authUserGrantRole", request: { user: name, role } });
    }
  }
  if (enable) steps.push({ type: "authEnable", request: {} });
  for (const step of steps) yield* client.do(step);
}

export const PERMISSION_TYPES: Readonly<Record<string, PermissionType>> = {
  read: "READ",
  write: "WRITE",
  readwrite: "READWRITE",
};
