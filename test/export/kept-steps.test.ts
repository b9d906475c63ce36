import { describe, expect, test } from "vitest";
import { keptSteps } from "../../src/export/tla/kept-steps.ts";
import type {
  EntrySummary,
  RaftStep,
  RaftStepName,
  ReadyEvent,
  TraceEvent,
} from "../../src/trace/events.ts";

const CONF = { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
const at = { seq: 0, at: 0, member: 1, cause: 0 };

function step(name: RaftStepName, term: number, vote: number, last: number): RaftStep {
  return { step: name, term, vote, commit: 0, role: "follower", last };
}

function ready(token: number, ...steps: RaftStep[]): ReadyEvent {
  return { ...at, kind: "ready", token, steps };
}

function recover(term: number, vote: number, last: number): TraceEvent {
  const entry = { index: last, term, type: "normal" as const, bytes: 0, text: "", hash: 0 };
  const entries: EntrySummary[] = last === 0 ? [] : [entry];
  const snapshot = { index: 0, term: 0 };
  const kind = "recover" as const;
  const rest = { commit: 0, applied: 0, entries, snapshot, conf: CONF, repaired: "" };
  return { ...at, kind, term, vote, ...rest };
}

const SYNCED: TraceEvent = { ...at, kind: "disk-done", token: 7 };

describe("the steps of a Ready that come to stay", () => {
  const first = ready(0, step("ready", 1, 0, 3));
  const second = ready(
    7,
    step("receive", 1, 0, 3),
    step("send", 1, 0, 4),
    step("receive", 1, 0, 4),
    step("send", 2, 0, 4),
    step("ready", 2, 5, 4),
  );

  test.each<[string, TraceEvent[], number | undefined]>([
    ["all if the member never starts again", [], undefined],
    ["all if the sync was done", [SYNCED, recover(1, 0, 3)], undefined],
    ["all if all is on the disk", [recover(2, 5, 4)], undefined],
    ["none if the disk is as before", [recover(1, 0, 3)], 0],
    ["those up to what is on the disk", [recover(1, 0, 4)], 2],
    ["those with the term but not the vote", [recover(2, 0, 4)], 4],
  ])("%s", (_, then, count) => {
    expect(keptSteps([first, second, ...then]).get(second)).toBe(count);
  });

  test("none if not even the founding is on the disk", () => {
    const founding = ready(
      7,
      step("init", 0, 0, 0),
      step("follower", 1, 0, 0),
      step("ready", 1, 0, 3),
    );
    expect(keptSteps([founding, recover(0, 0, 0)]).get(founding)).toBe(0);
  });

  test("what the disk refused to take is not saved by another sync", () => {
    const refused = ready(-1, step("propose-change", 1, 0, 3), ...second.steps);
    expect(keptSteps([first, refused, recover(1, 0, 3)]).get(refused)).toBe(0);
  });

  test("a state between two steps is refused, with the moment", () => {
    expect(() => keptSteps([first, second, recover(1, 2, 4)])).toThrow(
      /^at 0\.000s on m1: a crash left a part of what the member was writing; .*disk: \{ sync: 0ms \}$/,
    );
  });
});
