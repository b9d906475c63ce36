import { oneTable } from "../one-table.ts";
import type { Action } from "./action.ts";
import { AUTH_ACTIONS } from "./auth.ts";
import { BACKUP_ACTIONS } from "./backups.ts";
import { CLIENT_ACTIONS } from "./clients.ts";
import { HEALTH_ACTIONS } from "./health.ts";
import { LEASE_ACTIONS } from "./leases.ts";
import { LEASING_ACTIONS } from "./leasing.ts";
import { LOCK_ACTIONS } from "./locks.ts";
import { MAINTENANCE_ACTIONS } from "./maintenance.ts";
import { MEMBER_ACTIONS } from "./members.ts";
import { NETWORK_ACTIONS } from "./network.ts";
import { OPERATOR_ACTIONS } from "./operators.ts";
import { PROCESS_ACTIONS } from "./processes.ts";
import { PROGRAM_ACTIONS } from "./programs.ts";
import { SETTLING_ACTIONS } from "./settling.ts";
import { STORE_ACTIONS } from "./store.ts";
import { USER_ACTIONS } from "./users.ts";
import { WATCH_ACTIONS } from "./watches.ts";

/** Every word that a step may hold, but for when it comes and what it expects. */
export const ACTIONS = oneTable(
  MEMBER_ACTIONS,
  NETWORK_ACTIONS,
  OPERATOR_ACTIONS,
  MAINTENANCE_ACTIONS,
  BACKUP_ACTIONS,
  HEALTH_ACTIONS,
  AUTH_ACTIONS,
  USER_ACTIONS,
  CLIENT_ACTIONS,
  STORE_ACTIONS,
  LEASE_ACTIONS,
  LEASING_ACTIONS,
  WATCH_ACTIONS,
  LOCK_ACTIONS,
  PROGRAM_ACTIONS,
  PROCESS_ACTIONS,
  SETTLING_ACTIONS,
) satisfies Record<string, Action>;
