import type { Action } from "./action.ts";
import { CLIENT_ACTIONS } from "./clients.ts";
import { MEMBER_ACTIONS } from "./members.ts";
import { NETWORK_ACTIONS } from "./network.ts";
import { OPERATOR_ACTIONS } from "./operators.ts";

/** Every word that a step may hold, but for when it comes and what it expects. */
export const ACTIONS = {
  ...MEMBER_ACTIONS,
  ...NETWORK_ACTIONS,
  ...OPERATOR_ACTIONS,
  ...CLIENT_ACTIONS,
} satisfies Record<string, Action>;

export type ActionName = keyof typeof ACTIONS;
