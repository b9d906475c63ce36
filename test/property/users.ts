import { op } from "../../src/api/build.ts";
import type { AuthOp, Permission, PermissionType, ServiceRequest } from "../../src/api/requests.ts";
import type { Call } from "../../src/client/call.ts";
import type { Client } from "../../src/client/client.ts";
import { type Task, TaskError } from "../../src/client/task.ts";
import type { AuthChange, UserShape } from "./core-schedule.ts";

export const ROOT = { name: "root", password: "secret" };
const ANN = { name: "ann", password: "pw" };
const BOB = { name: "bob", password: "first" };

/** What ann's role may be granted. */
const PERMISSIONS: readonly Permission[] = [
  { permType: "READWRITE", key: "k0", rangeEnd: "" },
  { permType: "READ", key: "k1", rangeEnd: "k3" },
  { permType: "WRITE", key: "k2", rangeEnd: "" },
  { permType: "WRITE", key: "k3", rangeEnd: "" },
];

interface Need {
  readonly permType: Exclude<PermissionType, "READWRITE">;
  readonly key: string;
  /** All keys from there on. */
  readonly open: boolean;
}

/**
 * Users whose permissions come and go, and what must not happen whatever the order: ann does what
 * she was not granted, or what was taken from her, while auth is on; or bob does anything with a password that is no more.
 */
export class Users {
  private readonly admin: Client;
  private readonly ann: Client;
  private readonly bob: Client;
  private readonly wrong: (text: string) => void;
  /** Auth is on for certain: the enabling was answered, and nobody asked to disable it since. */
  private on = false;
  /** Counts up whenever `on` ends. */
  private era = 0;
  private readonly granted = new Set<number>();
  /** Those without the ones that were certainly taken since. */
  private readonly held = new Set<number>();
  /** Of each permission: how many grants were asked for, and how many may still come true. */
  private readonly grants = PERMISSIONS.map(() => 0);
  private readonly doubtful = PERMISSIONS.map(() => 0);
  /** Bob's password is another: the change was answered. */
  private changed = false;
  private values = 0;

  constructor(client: (id: number, auth: typeof ROOT) => Client, wrong: (text: string) => void) {
    this.admin = client(41, ROOT);
    this.ann = client(42, ANN);
    this.bob = client(43, BOB);
    this.wrong = wrong;
  }

  change(change: AuthChange, permission: number): void {
    this.admin.run(this.carryOut(change, permission));
  }

  private *carryOut(change: AuthChange, index: number): Task<void> {
    const permission = PERMISSIONS[index % PERMISSIONS.length] as Permission;
    switch (change) {
      case "enable":
        yield* this.enable();
        return;
      case "disable":
        this.on = false;
        this.era++;
        yield* this.ask({ type: "authDisable", request: {} });
        return;
      case "grant":
        yield* this.grant(permission);
        return;
      case "take":
        yield* this.take(permission);
        return;
      case "role-delete":
        yield* this.ask({ type: "authRoleDelete", request: { role: "r" } });
        return;
      case "role-add":
        yield* this.ask({ type: "authRoleAdd", request: { name: "r" } });
        yield* this.ask({ type: "authUserGrantRole", request: { user: "ann", role: "r" } });
        return;
      case "password": {
        const request = { name: BOB.name, password: `p${++this.values}`, hashedPassword: "" };
        if (yield* this.ask({ type: "authUserChangePassword", request })) this.changed = true;
        return;
      }
      case "status":
        yield* this.ask({ type: "authStatus", request: {} });
    }
  }

  private *grant(permission: Permission): Task<void> {
    const index = PERMISSIONS.indexOf(permission);
    this.granted.add(index);
    this.held.add(index);
    count(this.grants, index, 1);
    count(this.doubtful, index, 1);
    const request = { name: "r", permission };
    // One that failed may come true yet.
    if (yield* this.ask({ type: "authRoleGrantPermission", request })) {
      count(this.doubtful, index, -1);
    }
  }

  private *take(permission: Permission): Task<void> {
    const index = PERMISSIONS.indexOf(permission);
    const [asked, doubtful] = [this.grants[index], this.doubtful[index]];
    const { key, rangeEnd } = permission;
    const request = { role: "r", key, rangeEnd };
    const taken = yield* this.ask({ type: "authRoleRevokePermission", request });
    if (taken && doubtful === 0 && this.grants[index] === asked) this.held.delete(index);
  }

  private *enable(): Task<void> {
    for (const { name, password } of [ROOT, ANN, BOB]) {
      const request = { name, password, options: null, hashedPassword: "" };
      // Again would set bob's first password anew, if it were not refused.
      yield* this.ask({ type: "authUserAdd", request });
    }
    for (const role of ["root", "r"])
      yield* this.ask({ type: "authRoleAdd", request: { name: role } });
    yield* this.ask({ type: "authUserGrantRole", request: { user: "root", role: "root" } });
    yield* this.ask({ type: "authUserGrantRole", request: { user: "ann", role: "r" } });
    yield* this.ask({ type: "authUserGrantRole", request: { user: "bob", role: "root" } });
    const { era } = this;
    if ((yield* this.ask({ type: "authEnable", request: {} })) && era === this.era) this.on = true;
  }

  /** Whether it was answered well. */
  private *ask(request: AuthOp): Task<boolean> {
    try {
      yield* this.admin.do(request);
      return true;
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      return false;
    }
  }

  /** Ann tries; and bob, who knows his first password only. */
  act(shape: UserShape, key: string, lease: bigint): void {
    const [request, needs] = this.attempt(shape, key, lease);
    const watched = (client: Client, then: (call: Call) => void) => {
      const { on, era } = this;
      client.call(request, (call) => {
        if (on && era === this.era && call.outcome === "ok") then(call);
      });
    };
    const taken = needs.find((need) => !has(this.held, need));
    const asked = this.grants.join();
    watched(this.ann, () => {
      const never = needs.find((need) => !has(this.granted, need));
      const lacking = never ?? (asked === this.grants.join() ? taken : undefined);
      if (lacking === undefined) return;
      const what = `${lacking.permType} of ${lacking.key}${lacking.open ? "…" : ""}`;
      const why = never === undefined ? `${what} was taken from her` : `nobody granted her ${what}`;
      this.wrong(`ann's ${shape} of ${key} succeeded, though ${why}`);
    });
    const { changed } = this;
    watched(this.bob, () => {
      if (changed) this.wrong(`bob's ${shape} of ${key} succeeded with a password that is no more`);
    });
  }

  private attempt(
    shape: UserShape,
    key: string,
    lease: bigint,
  ): [request: ServiceRequest, needs: readonly Need[]] {
    const value = `u${++this.values}`;
    const write: Need = { permType: "WRITE", key, open: false };
    const read: Need = { permType: "READ", key, open: false };
    switch (shape) {
      case "put":
        return [op.put(key, value), [write]];
      case "get":
        return [op.get(key), [read]];
      case "nested":
        return [op.txn([], [op.txn([], [op.put(key, value)])]), [write]];
      case "prev":
        return [op.txn([], [op.put(key, value, { prevKv: true })]), [write, read]];
      case "lease":
        return [op.txn([], [op.put(key, value, { lease })]), [write]];
      case "open":
        return [op.get(key, { rangeEnd: "\0" }), [{ ...read, open: true }]];
    }
  }
}

/** Whether one of these permissions is enough. */
function has(permissions: ReadonlySet<number>, { permType, key, open }: Need): boolean {
  return [...permissions].some((index) => {
    const granted = PERMISSIONS[index] as Permission;
    if (granted.permType !== "READWRITE" && granted.permType !== permType) return false;
    const end = granted.rangeEnd;
    return !open && (end === "" ? key === granted.key : key >= granted.key && key < end);
  });
}

function count(counts: number[], index: number, by: number): void {
  counts[index] = (counts[index] ?? 0) + by;
}
