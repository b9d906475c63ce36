import { answer, type HttpAnswer } from "../http.ts";
import { jsonString } from "../json/json-string.ts";
import type { MemberFacts } from "./member-facts.ts";

/** `/debug/vars`: what of Go's expvar is not of Go itself. */
export function debugVarsPage({ commandLine, raft, memberId }: MemberFacts): HttpAnswer {
  const hex = (id: bigint) => id.toString(16);
  const progress = raft.progress.map(
    ({ id, match, next, state }) =>
      `"${hex(id)}":{"match":${match},"next":${next},"state":"${state}"}`,
  );
  const status = [
    `"id":"${hex(memberId)}","term":${raft.term},"vote":"${hex(raft.vote)}"`,
    `"commit":${raft.commit},"lead":"${hex(raft.lead)}","raftState":"${raft.state}"`,
    `"applied":${raft.applied},"progress":{${progress.join(",")}}`,
    `"leadtransferee":"${hex(raft.leadTransferee)}"`,
  ];
  const line = commandLine.map((word) => jsonString(word, true)).join(",");
  const body = `{\n"cmdline": [${line}],\n"raft.status": {${status.join(",")}}\n}\n`;
  return answer(200, [["Content-Type", "application/json; charset=utf-8"]], body);
}
