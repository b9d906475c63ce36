/** All of etcd v3's requests and responses as plain data: one door to the files beside this one. */
export type * from "./auth-requests.ts";
export type * from "./auth-responses.ts";
export type * from "./cluster-requests.ts";
export type * from "./health-requests.ts";
export type * from "./internal-requests.ts";
export type * from "./kv-requests.ts";
export type * from "./lease-requests.ts";
export type * from "./maintenance-requests.ts";
export type * from "./member-requests.ts";
export type * from "./service-requests.ts";
export type * from "./stream-requests.ts";
export type * from "./watch-requests.ts";
