import { oneTable } from "../one-table.ts";
import { CLIENT_EXPECTATIONS } from "./clients.ts";
import { DATABASE_EXPECTATIONS } from "./database.ts";
import type { ExpectationKey } from "./finding.ts";
import { HEALTH_EXPECTATIONS } from "./health.ts";
import { MEMBER_EXPECTATIONS } from "./members.ts";
import { OPERATION_EXPECTATIONS } from "./operations.ts";
import { PROGRAM_EXPECTATIONS } from "./programs.ts";
import { RUN_EXPECTATIONS } from "./run.ts";

export type { Check, ExpectationKey, Finding } from "./finding.ts";
export { EXPECTATION_SENTENCES } from "./sentences.ts";

/** Every expectation that takes an argument. */
export const EXPECTATION_KEYS = oneTable(
  OPERATION_EXPECTATIONS,
  MEMBER_EXPECTATIONS,
  CLIENT_EXPECTATIONS,
  PROGRAM_EXPECTATIONS,
  DATABASE_EXPECTATIONS,
  HEALTH_EXPECTATIONS,
  RUN_EXPECTATIONS,
) satisfies Record<string, ExpectationKey>;
