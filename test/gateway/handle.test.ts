import { describe, expect, test } from "vitest";
import { RELEASES } from "../../src/profile/lines.ts";
import { LOCKS } from "./exchanges.ts";
import { Ours } from "./support/ours.ts";
import { answerOf, recorded } from "./support/recorded.ts";

/** What the judges answered (test/gateway/recorded.ndjson) is what we answer, in the same order of requests. */
describe.each(Object.values(RELEASES))("the gateway of a member of %s", (version) => {
  test.each([...recorded()].filter(([subject]) => subject !== LOCKS))(
    "answers as its judge did: %s",
    (_subject, rows) => {
      const ours = new Ours(version);
      const said = rows.map(({ request }) => ({ request, answer: ours.ask(request) }));
      const wanted = rows.map((row) => ({ request: row.request, answer: answerOf(row, version) }));
      expect(said).toEqual(wanted);
    },
  );
});
