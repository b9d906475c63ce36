import { writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { RELEASES } from "../../src/profile/lines.ts";
import { releases } from "../support/real-etcd.ts";
import { EXCHANGES, type Exchange } from "./exchanges.ts";
import type { Answer } from "./support/answer.ts";
import { realAnswers } from "./support/real-answers.ts";
import { RECORDED, type Row } from "./support/recorded.ts";

// `npx tsx test/gateway/write-recorded.ts`: asks the judges again, all four of which must be here.

const judges = Object.values(RELEASES).map((version) => {
  const release = releases().find((each) => each.version === version);
  if (release === undefined) throw new Error(`no etcd ${version}: see test/support/real-etcd.ts`);
  return release;
});

const lines: string[] = [];
for (const [subject, exchanges] of Object.entries(EXCHANGES)) {
  const byRelease: [string, Answer[]][] = [];
  for (const release of judges) {
    byRelease.push([release.version, await realAnswers(release, exchanges)]);
  }
  exchanges.forEach((request, i) => {
    lines.push(JSON.stringify({ subject, ...rowOf(request, i, byRelease) }));
  });
  process.stderr.write(`${subject}: ${exchanges.length} requests\n`);
}
writeFileSync(RECORDED, `${lines.join("\n")}\n`);

function rowOf(request: Exchange, i: number, byRelease: readonly [string, Answer[]][]): Row {
  const answers: { of: string[]; answer: Answer }[] = [];
  for (const [version, all] of byRelease) {
    const answer = all[i] as Answer;
    const same = answers.find((each) => isDeepStrictEqual(each.answer, answer));
    if (same === undefined) answers.push({ of: [version], answer });
    else same.of.push(version);
  }
  return { request, answers };
}
