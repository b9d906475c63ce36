import { type Duration, MILLISECOND, MINUTE, SECOND } from "../base/time.ts";

/** The units of the header grpc-timeout (gRPC's PROTOCOL-HTTP2.md), in µs. */
const UNITS: Readonly<Record<string, Duration>> = {
  H: 60 * MINUTE,
  M: MINUTE,
  S: SECOND,
  m: MILLISECOND,
  u: 1,
  n: 0.001,
};

/** So many of a unit, in whole µs, rounded up; null: there is no such unit. */
export function grpcTimeout(count: number, unit: string): Duration | null {
  const us = UNITS[unit];
  return us === undefined ? null : Math.ceil(count * us);
}
