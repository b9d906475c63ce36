import { describe, expect, test } from "vitest";
import { CURRENT_LINE, LINES, RELEASES } from "../../src/profile/lines.ts";
import { askReal } from "../gateway/support/real.ts";
import { answerOf, recorded } from "../gateway/support/recorded.ts";
import { Serving } from "./serving.ts";

/** Answers that take their time are waited for: all lines with `npm run fuzz:long`, today's in `npm test`. */
const SERVED = process.env["DETCD_FUZZ_RUNS"] === undefined ? [CURRENT_LINE] : LINES;

/** What real etcds answered (test/gateway/recorded.ndjson) is what comes back over the host's network, too. */
describe.each(SERVED)("a served member of %s", (line) => {
  test.each([...recorded()])("answers as its judge did: %s", async (_subject, rows) => {
    const serving = await Serving.start({ members: 1, etcd: line, "monitor-versions": true });
    const endpoint = serving.server.endpoint(1);
    try {
      for (const row of rows) {
        const wanted = answerOf(row, RELEASES[line]);
        const answer = await askReal(endpoint, row.request, wanted);
        expect({ request: row.request, answer }).toEqual({ request: row.request, answer: wanted });
      }
    } finally {
      serving.stop();
    }
  });
});
