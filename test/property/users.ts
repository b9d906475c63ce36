import { op } from "../../src/api/build.ts";
import type { AuthOp, Permission, PermissionType, ServiceRequest } from "../../src/api/requests.ts";
import type { Call } from "../../src/sim/client/call.ts";
import type { Client } from "../../src/sim/client/client.ts";
import { type Task, TaskError } from "../../src/sim/client/task.ts";
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
 * she was never granted while auth is on, or bob does anything with a password that is no more.
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
      case "grant": {
        this.granted.add(PERMISSIONS.indexOf(permission));
        const request = { name: "r", permission };
        yield* this.ask({ type: "authRoleGrantPermission", request });
        return;
      }
      case "take": {
        const { key, rangeEnd } = permission;
        yield* this.ask({
          type: "authRoleRevokePermission",
          request: { role: "r", key, rangeEnd },
        });
        return;
      }
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
    watched(this.ann, () => {
      const lacking = needs.find((need) => !this.mayHave(need));
      if (lacking === undefined) return;
      const { permType, key: where, open } = lacking;
      const text = `ann's ${shape} of ${key} succeeded`;
      this.wrong(`${text}, though nobody granted her ${permType} of ${where}${open ? "…" : ""}`);
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

  /** Whether she was ever granted it: later may only be less. */
  private mayHave({ permType, key, open }: Need): boolean {
    return [...this.granted].some((index) => {
      const granted = PERMISSIONS[index] as Permission;
      if (granted.permType !== "READWRITE" && granted.permType !== permType) return false;
      const end = granted.rangeEnd;
      return !open && (end === "" ? key === granted.key : key >= granted.key && key < end);
    });
  }
}
