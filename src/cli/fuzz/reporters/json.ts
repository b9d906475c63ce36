import type { Io } from "../../io.ts";
import type { Reporter } from "../outcome.ts";
import { shardText } from "../shard.ts";

/** The report and what goes with it, as one JSON value. */
export function jsonReporter(io: Io): Reporter {
  return {
    ran: () => {},
    explained: () => {},
    ended: ({ report, sharding, ran, difference, verified, missing, interrupted }, found) => {
      const explained = found.map(
        ({ failure: { yaml: _, ...failure }, file, case: number, size, runs }) => ({
          case: number,
          file,
          size,
          shrinkRuns: runs,
          ...failure,
        }),
      );
      const value = {
        ...report,
        explained,
        difference,
        verified,
        missing,
        interrupted,
        shard: sharding === null ? null : shardText(sharding.shard),
        ...(ran === null ? {} : { wallMs: Math.round(ran.ms) }),
      };
      io.out(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}
