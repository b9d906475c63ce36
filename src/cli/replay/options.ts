import type { Instant } from "../../base/time.ts";
import type { Edit } from "../../scenario/read/edit.ts";
import type { Moment } from "../../scenario/read/moment.ts";
import type { ReporterName, Seeds } from "../option-values.ts";

/** What `detcd replay` was told besides what to replay. */
export interface ReplayOptions {
  readonly seed?: number;
  readonly seeds?: Seeds;
  readonly set?: readonly Edit[];
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly reporter?: ReporterName;
  readonly verify?: boolean;
  readonly trace?: string;
  readonly until?: Instant;
  readonly speed?: number;
  readonly mouse?: boolean;
  readonly at?: Moment;
  readonly why?: string;
  readonly times: boolean;
}
