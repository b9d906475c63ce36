import { expect, it } from "vitest";
import { METHODS, type MethodType, methodType } from "../../../src/api/wire/method-table.ts";

const methods = Object.entries(METHODS);

it("has all methods of etcd's services", () => {
  expect(methods.map(([, { path }]) => path.replace("/etcdserverpb.", "")).sort()).toEqual(
    [
      ...["Range", "RangeStream", "Put", "DeleteRange", "Txn", "Compact"].map(
        (name) => `KV/${name}`,
      ),
      "Watch/Watch",
      ...["Grant", "Revoke", "KeepAlive", "TimeToLive", "Leases"].map((n) => `Lease/Lease${n}`),
      ...["Add", "Remove", "Update", "List", "Promote"].map((name) => `Cluster/Member${name}`),
      ...["Alarm", "Status", "Defragment", "Hash", "HashKV"].map((name) => `Maintenance/${name}`),
      ...["Snapshot", "MoveLeader", "Downgrade"].map((name) => `Maintenance/${name}`),
      ...["AuthEnable", "AuthDisable", "AuthStatus", "Authenticate"].map((name) => `Auth/${name}`),
      ...["Add", "Get", "List", "Delete", "ChangePassword"].map((name) => `Auth/User${name}`),
      ...["GrantRole", "RevokeRole"].map((name) => `Auth/User${name}`),
      ...["Add", "Get", "List", "Delete"].map((name) => `Auth/Role${name}`),
      ...["GrantPermission", "RevokePermission"].map((name) => `Auth/Role${name}`),
    ].sort(),
  );
});

it("finds a method by its path", () => {
  for (const [type, { path }] of methods) expect(methodType(path)).toBe(type);
  expect(methodType("/etcdserverpb.KV/RangeAll")).toBeUndefined();
  expect(methodType("range")).toBeUndefined();
});

it("has messages that are called after the method", () => {
  // But for two; and those of users and roles do without the Auth of their messages.
  const stems: Partial<Record<MethodType, string>> = { compaction: "Compaction" };
  for (const [type, { path, request, response }] of methods) {
    const [, service, name] = /\.(\w+)\/(\w+)$/.exec(path) as unknown as [string, string, string];
    const own = service === "Auth" && !name.startsWith("Auth") ? `Auth${name}` : name;
    const stem = stems[type as MethodType] ?? own;
    const asked = type === "rangeStream" ? "Range" : stem;
    expect(request.name).toBe(`etcdserverpb.${asked}Request`);
    expect(response.name).toBe(`etcdserverpb.${stem}Response`);
  }
});

it("knows which methods stream", () => {
  const streaming = methods.filter(([, { streams }]) => streams !== "neither");
  expect(streaming.map(([type, { streams }]) => [type, streams])).toEqual([
    ["rangeStream", "server"],
    ["watch", "both"],
    ["leaseKeepAlive", "both"],
    ["snapshot", "server"],
  ]);
});
