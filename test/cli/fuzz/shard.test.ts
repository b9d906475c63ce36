import { describe, expect, test } from "vitest";
import { shardOf, shardText } from "../../../src/cli/fuzz/shard.ts";

type Env = Record<string, string>;

const told = (env: Env): string => {
  const sharding = shardOf(undefined, env);
  return sharding === null ? "whole" : `${shardText(sharding.shard)} by ${sharding.rule}`;
};
const array = (id: number, min: number, max: number, count: number, step = 1): Env => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_MAX: String(max),
  SLURM_ARRAY_TASK_COUNT: String(count),
  SLURM_ARRAY_TASK_STEP: String(step),
});

describe("which shard the environment says", () => {
  test.each<[string, Env, string]>([
    ["nothing", {}, "whole"],
    ["empty variables", { DETCD_SHARD: "", JOB_COMPLETION_INDEX: "" }, "whole"],
    ["a variable", { DETCD_SHARD: "3/16" }, "3/16 by DETCD_SHARD"],
    ["the variable twice", { DETCD_SHARD: "3/16", DETCD_SHARDS: "16" }, "3/16 by DETCD_SHARD"],
    [
      "the first index of a Job",
      { JOB_COMPLETION_INDEX: "0", DETCD_SHARDS: "16" },
      "1/16 by JOB_COMPLETION_INDEX",
    ],
    [
      "the last index of a Job",
      { JOB_COMPLETION_INDEX: "15", DETCD_SHARDS: "16" },
      "16/16 by JOB_COMPLETION_INDEX",
    ],
    ["an array from 0", array(0, 0, 15, 16), "1/16 by SLURM_ARRAY_TASK_ID"],
    ["an array from 1", array(16, 1, 16, 16), "16/16 by SLURM_ARRAY_TASK_ID"],
    ["an array with steps, 2-8:3", array(5, 2, 8, 3, 3), "2/3 by SLURM_ARRAY_TASK_ID"],
    ["an array of one", array(0, 0, 0, 1), "1/1 by SLURM_ARRAY_TASK_ID"],
    ["a parallel job", { CI_NODE_INDEX: "4", CI_NODE_TOTAL: "4" }, "4/4 by CI_NODE_INDEX"],
    ["a job that is not parallel", { CI_NODE_TOTAL: "1" }, "whole"],
    [
      "two that say the same",
      { DETCD_SHARD: "2/4", CI_NODE_INDEX: "2", CI_NODE_TOTAL: "4" },
      "2/4 by DETCD_SHARD",
    ],
  ])("%s", (_, env, expected) => {
    expect(told(env)).toBe(expected);
  });

  test("each task of an array runs a shard of its own", () => {
    const ids = [3, 5, 7, 9];
    expect(ids.map((id) => told(array(id, 3, 9, 4, 2)))).toEqual(
      [1, 2, 3, 4].map((index) => `${index}/4 by SLURM_ARRAY_TASK_ID`),
    );
  });

  test("the option wins, whatever the environment says", () => {
    const env = { JOB_COMPLETION_INDEX: "x", DETCD_SHARD: "9/3" };
    expect(shardOf({ index: 1, count: 2 }, env)).toEqual({
      shard: { index: 1, count: 2 },
      rule: "--shard",
    });
  });
});

describe("what it may not say", () => {
  test.each<[string, Env, RegExp]>([
    ["no count", { JOB_COMPLETION_INDEX: "3" }, /JOB_COMPLETION_INDEX is 3, .*DETCD_SHARDS to the/],
    [
      "a count that is too small",
      { JOB_COMPLETION_INDEX: "16", DETCD_SHARDS: "16" },
      /JOB_COMPLETION_INDEX is 16, but DETCD_SHARDS is 16, and indexes count from 0/,
    ],
    ["no index", { DETCD_SHARDS: "16" }, /DETCD_SHARDS is 16, but nothing says which/],
    ["no number", { JOB_COMPLETION_INDEX: "-1", DETCD_SHARDS: "2" }, /INDEX is "-1", but it must/],
    ["no shards", { JOB_COMPLETION_INDEX: "0", DETCD_SHARDS: "0" }, /DETCD_SHARDS is 0, but/],
    ["no shard", { DETCD_SHARD: "0/16" }, /DETCD_SHARD is "0\/16", but a shard is written I\/N/],
    ["one too many", { DETCD_SHARD: "17/16" }, /DETCD_SHARD is "17\/16"/],
    [
      "another count",
      { DETCD_SHARD: "3/16", DETCD_SHARDS: "8" },
      /DETCD_SHARDS is 8, but DETCD_SHARD says shard 3\/16/,
    ],
    ["an id alone", { SLURM_ARRAY_TASK_ID: "3" }, /SLURM_ARRAY_TASK_COUNT is not set/],
    [
      "no lower bound",
      { SLURM_ARRAY_TASK_ID: "3", SLURM_ARRAY_TASK_COUNT: "9" },
      /SLURM_ARRAY_TASK_MIN is not set/,
    ],
    ["a list of ids", array(5, 1, 7, 3), /SLURM_ARRAY_TASK_ID is 5, but the array has 3 tasks/],
    ["a list of ids, its first", array(1, 1, 7, 3), /SLURM_ARRAY_TASK_MAX is 7, but/],
    ["a task that runs again alone", array(7, 7, 7, 1), /COUNT is 1: to run a single shard again/],
    [
      "tasks that run again",
      { ...array(3, 3, 5, 3), DETCD_SHARDS: "16" },
      /DETCD_SHARDS is 16, but SLURM_ARRAY_TASK_ID says shard 1\/3/,
    ],
    ["an index from 0", { CI_NODE_INDEX: "0", CI_NODE_TOTAL: "4" }, /CI_NODE_INDEX is 0, but/],
    ["an index alone", { CI_NODE_INDEX: "1" }, /CI_NODE_TOTAL is not set/],
    ["a total alone", { CI_NODE_TOTAL: "4" }, /CI_NODE_INDEX is not set/],
    [
      "two things",
      { CI_NODE_INDEX: "1", CI_NODE_TOTAL: "4", DETCD_SHARD: "2/4" },
      /DETCD_SHARD says shard 2\/4, CI_NODE_INDEX says 1\/4/,
    ],
  ])("%s", (_, env, message) => {
    expect(() => shardOf(undefined, env)).toThrow(message);
  });
});
