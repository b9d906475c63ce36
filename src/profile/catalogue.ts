import { AUTH, type AuthProfile } from "./auth.ts";
import type { Behaviours } from "./behaviour.ts";
import { GATEWAY, type GatewayProfile } from "./gateway.ts";
import { LEASE, type LeaseProfile } from "./lease.ts";
import { MEMBER, type MemberProfile } from "./member.ts";
import { MVCC, type MvccProfile } from "./mvcc.ts";
import { VERSION, type VersionProfile } from "./version.ts";
import { WAL, type WalProfile } from "./wal.ts";

/** By the room whose code reads them; each room is given what concerns it and sees no more. */
export const BEHAVIOURS = [
  { area: "Store, transactions, watches", behaviours: MVCC },
  { area: "Users", behaviours: AUTH },
  { area: "Leases", behaviours: LEASE },
  { area: "Members", behaviours: MEMBER },
  { area: "Versions", behaviours: VERSION },
  { area: "Write-ahead log", behaviours: WAL },
  { area: "JSON gateway", behaviours: GATEWAY },
] as const satisfies readonly { readonly area: string; readonly behaviours: Behaviours }[];

/** What a member of some line does, by name. */
export type Profile = MvccProfile &
  MemberProfile &
  VersionProfile &
  WalProfile &
  AuthProfile &
  LeaseProfile &
  GatewayProfile;
