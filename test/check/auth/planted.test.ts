import { describe, expect, test } from "vitest";
import { ACCESS_RULES, REFUSED_WRONGLY } from "../../../src/check/auth/access-check.ts";
import * as directed from "../../property/directed-core.ts";

const says = /was allowed what nobody granted/;

describe("of a whole run with users", () => {
  test.each([
    ["A1", directed.asAnn(3, "nested", 0)],
    ["A2", directed.UNREAD_PREVIOUS],
    ["A3", directed.OPEN_RANGE],
    ["A6", directed.oldPassword(100)],
    ["A7", directed.LATE_REVOKE],
  ] as const)("%s is seen", (bug, plan) => {
    expect(directed.runDirected(plan, [], ACCESS_RULES)).toEqual([]);
    const [found] = directed.runDirected(plan, [bug], ACCESS_RULES);
    expect(found?.text).toMatch(says);
  });

  test("A4 refuses what was granted, and nothing else sees it", () => {
    const plan = directed.SKIPPED_GRANT;
    expect(directed.runDirected(plan, [])).toEqual([]);
    const [found] = directed.runDirected(plan, ["A4"]);
    expect(found?.invariant).toBe(REFUSED_WRONGLY);
    expect(found?.text).toMatch(
      /\(ann\) got "etcdserver: permission denied", though it was granted/,
    );
  });
});
