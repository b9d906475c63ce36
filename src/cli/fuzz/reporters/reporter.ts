import type { Io } from "../../io.ts";
import { keep } from "../keep.ts";
import type { Reporter } from "../outcome.ts";
import { type Shard, suffixOf } from "../shard.ts";
import { githubReporter } from "./github.ts";
import { jsonReporter } from "./json.ts";
import { junitReporter } from "./junit.ts";
import { textReporter } from "./text.ts";

export const REPORTERS = ["github", "junit"] as const;
export type ReporterName = (typeof REPORTERS)[number];

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
  if (reporter === "github") return githubReporter(io);
  if (reporter === undefined) return textReporter(io);
  const file = `junit${suffixOf(shard)}.xml`;
  return junitReporter(io, out === undefined ? null : (xml) => keep(out, file, xml, io));
}
