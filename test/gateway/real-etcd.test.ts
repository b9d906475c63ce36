import { describe, expect, test } from "vitest";
import { RELEASES } from "../../src/profile/lines.ts";
import { releases } from "../support/real-etcd.ts";
import type { Answer } from "./support/answer.ts";
import { realAnswers } from "./support/real-answers.ts";
import { answerOf, recorded } from "./support/recorded.ts";

const judges = releases().filter(({ version }) =>
  Object.values<string>(RELEASES).includes(version),
);
if (judges.length === 0) test.skip("gateway: no judge in PATH, none in the cache", () => undefined);

/** That what was recorded is what they answer. `npx tsx test/gateway/write-recorded.ts` asks them anew. */
describe.each(judges)("a real etcd $version", (judge) => {
  test.each([...recorded()])("answers as it did: %s", async (_subject, rows) => {
    const requests = rows.map(({ request }) => request);
    const wanted = rows.map((row) => answerOf(row, judge.version));
    const answers = await realAnswers(judge, requests, wanted);
    const withRequests = (all: readonly Answer[]) =>
      all.map((answer, i) => ({ request: requests[i], answer }));
    expect(withRequests(answers)).toEqual(withRequests(wanted));
  });
});
