import { keep } from "../../files/keep.ts";
import type { Io } from "../../io.ts";
import type { ReporterName } from "../../option-values.ts";
import { junitXml } from "../../reporters/junit.ts";
import type { Suite } from "../../reporters/suite.ts";
import { tapText } from "../../reporters/tap.ts";
import type { Reporter } from "../outcome.ts";
import { type Shard, suffixOf } from "../shard.ts";
import { githubReporter } from "./github.ts";
import { jsonReporter } from "./json.ts";
import { suiteOf } from "./suite.ts";
import { textReporter } from "./text.ts";

/** How an outcome is to be told. */
export interface Telling {
  readonly json?: boolean;
  readonly reporter?: ReporterName;
  /** Where files go. */
  readonly out?: string;
}

export function reporterFor(
  { json, reporter, out }: Telling,
  shard: Shard | null,
  io: Io,
): Reporter {
  if (json) return jsonReporter(io);
  if (reporter === undefined) return textReporter(io);
  if (reporter === "github") return githubReporter(io);
  const [file, write] = FORMATS[reporter];
  const name = file.replace(".", `${suffixOf(shard)}.`);
  return suiteReporter(write, io, out === undefined ? null : (text) => keep(out, name, text, io));
}

/** What the file is called, and what stands in it. */
const FORMATS: Readonly<Record<"junit" | "tap", readonly [string, (suite: Suite) => string]>> = {
  junit: ["junit.xml", junitXml],
  tap: ["results.tap", tapText],
};

/**
 * Into a file where there is a folder for it, and the text for people to the output; else the format is the
 * output.
 *
 * @param keepText writes the file, and says so where it can't; null: there is no folder
 */
function suiteReporter(
  write: (suite: Suite) => string,
  io: Io,
  keepText: ((text: string) => void) | null,
): Reporter {
  if (keepText === null) {
    return {
      ran: () => {},
      explained: () => {},
      ended: (outcome, found) => io.out(write(suiteOf(outcome, found))),
    };
  }
  const text = textReporter(io);
  return {
    ...text,
    ended: (outcome, found) => {
      text.ended(outcome, found);
      keepText(write(suiteOf(outcome, found)));
    },
  };
}
