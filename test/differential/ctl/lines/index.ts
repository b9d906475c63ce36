import type { Area } from "../steps.ts";
import { CLUSTERS } from "./clusters.ts";
import { KEYS } from "./keys.ts";
import { LEASES } from "./leases.ts";
import { RECIPES } from "./recipes.ts";
import { TXNS } from "./txns.ts";
import { USERS } from "./users.ts";
import { WATCHES } from "./watches.ts";

/** The table of command lines. */
export const AREAS: readonly Area[] = [
  ...KEYS,
  ...TXNS,
  ...LEASES,
  ...WATCHES,
  ...RECIPES,
  ...USERS,
  ...CLUSTERS,
];
