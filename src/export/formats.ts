import { traceLines } from "../trace/ndjson.ts";
import { writeAsciicast } from "./asciicast.ts";
import type { FormatName } from "./catalogue.ts";
import { writeHtml } from "./html/html.ts";
import { writeItf } from "./itf.ts";
import { writeMermaid } from "./mermaid/mermaid.ts";
import type { Write } from "./options.ts";
import { writePerfetto } from "./perfetto/perfetto.ts";
import { writeSvg } from "./screen/svg.ts";
import { writeShiviz } from "./shiviz.ts";
import { tlaLines } from "./tla.ts";

/** What writes each format of the catalogue. */
export const WRITERS: Readonly<Record<FormatName, Write>> = {
  svg: writeSvg,
  html: writeHtml,
  asciicast: writeAsciicast,
  mermaid: writeMermaid,
  perfetto: writePerfetto,
  shiviz: writeShiviz,
  itf: writeItf,
  ndjson: ({ header, events }) => traceLines(header, events),
  *tla({ header, events }) {
    for (const line of tlaLines(header, events)) yield `${line}\n`;
  },
};
