import { assert } from "../base/assert.ts";
import { bytesToBinary } from "../base/bytes.ts";
import { utf8Encode } from "../base/utf8.ts";
import { decodeRole, decodeUser, encodeRole, encodeUser, type Role, type User } from "./records.ts";

/** Where users and roles survive a restart. Writes belong to the backend's transaction of the moment. */
export interface AuthStore {
  readEnabled(): boolean;
  saveEnabled(enabled: boolean): void;
  /** 0: never saved. */
  readRevision(): number;
  saveRevision(revision: number): void;
  user(name: string): User | null;
  putUser(user: User): void;
  deleteUser(name: string): void;
  /** In the byte order of their names. */
  users(): User[];
  role(name: string): Role | null;
  putRole(role: Role): void;
  deleteRole(name: string): void;
  /** In the byte order of their names. */
  roles(): Role[];
}

/** A bucket of the backend, as far as auth needs it. Keys are binary strings. */
export interface AuthBucket {
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array): void;
  delete(key: string): void;
  /** Visits all pairs in the order of their keys. */
  forEach(visit: (key: string, value: Uint8Array) => void): void;
}

const ENABLED = "authEnabled";
const REVISION = "authRevision";
const TWO_32 = 0x1_0000_0000;

/** The buckets `auth`, `authUsers` and `authRoles`, as etcd fills them (server/storage/schema/auth*.go). */
export class BucketAuthStore implements AuthStore {
  private readonly auth: AuthBucket;
  private readonly byUser: AuthBucket;
  private readonly byRole: AuthBucket;

  constructor(auth: AuthBucket, users: AuthBucket, roles: AuthBucket) {
    this.auth = auth;
    this.byUser = users;
    this.byRole = roles;
  }

  readEnabled(): boolean {
    const value = this.auth.get(ENABLED);
    return value !== undefined && value.length === 1 && value[0] === 1;
  }

  saveEnabled(enabled: boolean): void {
    this.auth.put(ENABLED, Uint8Array.of(enabled ? 1 : 0));
  }

  readRevision(): number {
    const value = this.auth.get(REVISION);
    if (value === undefined) return 0;
    assert(value.length === 8, "the auth revision has eight bytes");
    const view = new DataView(value.buffer, value.byteOffset, 8);
    return view.getUint32(0) * TWO_32 + view.getUint32(4);
  }

  saveRevision(revision: number): void {
    assert(Number.isSafeInteger(revision) && revision >= 0, "an auth revision is a safe integer");
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, Math.floor(revision / TWO_32));
    view.setUint32(4, revision % TWO_32);
    this.auth.put(REVISION, new Uint8Array(view.buffer));
  }

  user(name: string): User | null {
    const value = this.byUser.get(nameKey(name));
    return value === undefined ? null : decodeUser(value);
  }

  putUser(user: User): void {
    this.byUser.put(nameKey(user.name), encodeUser(user));
  }

  deleteUser(name: string): void {
    this.byUser.delete(nameKey(name));
  }

  users(): User[] {
    const users: User[] = [];
    this.byUser.forEach((_, value) => {
      users.push(decodeUser(value));
    });
    return users;
  }

  role(name: string): Role | null {
    const value = this.byRole.get(nameKey(name));
    return value === undefined ? null : decodeRole(value);
  }

  putRole(role: Role): void {
    this.byRole.put(nameKey(role.name), encodeRole(role));
  }

  deleteRole(name: string): void {
    this.byRole.delete(nameKey(name));
  }

  roles(): Role[] {
    const roles: Role[] = [];
    this.byRole.forEach((_, value) => {
      roles.push(decodeRole(value));
    });
    return roles;
  }
}

/** Names are text; a bucket's keys are bytes. */
export function nameKey(name: string): string {
  return bytesToBinary(utf8Encode(name));
}
