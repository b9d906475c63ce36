import { expect, test } from "vitest";
import { makeMessage } from "../../src/raft/messages.ts";
import { MessageType } from "../../src/raft/types.ts";
import { Promises } from "../../src/sim/promises.ts";

const { AppResp, App, Vote, VoteResp, Heartbeat } = MessageType;

/** Whether each of `messages` to m1 promises something new. */
function news(messages: readonly Parameters<typeof makeMessage>[0][]): boolean[] {
  const promises = new Promises();
  return messages.map((message) => promises.isNew(makeMessage({ to: 1, ...message })));
}

test("votes, asked for and given, and refusals always bind; appends and heartbeats never", () => {
  const types = [Vote, VoteResp, App, Heartbeat];
  const twice = [...types, ...types].map((type) => ({ type, from: 2, term: 1, index: 3 }));
  expect(news(twice)).toEqual([true, true, false, false, true, true, false, false]);
  const refusal = { type: AppResp, from: 2, term: 1, index: 3, reject: true };
  expect(news([refusal, refusal])).toEqual([true, true]);
});

test("an acknowledgement binds unless it repeats its sender's last one", () => {
  const ack = (from: number, term: number, index: number) => ({ type: AppResp, from, term, index });
  const told = news([
    ack(2, 1, 5),
    ack(2, 1, 5),
    ack(3, 1, 5),
    ack(2, 1, 6),
    ack(2, 1, 4), // overtaken: what follows it is told again
    ack(2, 1, 6),
    ack(2, 1, 6),
    ack(2, 2, 6), // another leader
  ]);
  expect(told).toEqual([true, false, true, true, true, true, false, true]);
});
