import { describe, expect, test } from "vitest";
import { Errors } from "../../src/api/errors.ts";
import {
  didNotHappen,
  errorOf,
  isStaleToken,
  isTransient,
  NO_REPLY,
  REFUSED,
} from "../../src/client/certainty.ts";
import { CLIENTV3 } from "../../src/client/retry-policy.ts";

test("clientv3 pauses 22.5 to 27.5 ms after each quorum of attempts, else not at all", () => {
  const pauses = (draw: number) =>
    [1, 2, 3, 4, 5, 6].map((attempts) => CLIENTV3.pauseUs(attempts, 3, () => draw));
  expect(pauses(0)).toEqual([0, 22_500, 0, 22_500, 0, 22_500]);
  expect(pauses(5000)).toEqual([0, 27_500, 0, 27_500, 0, 27_500]);
  for (const draw of [1, 77_777, 0xffff_ffff]) {
    const [, pause] = pauses(draw);
    expect(pause).toBeGreaterThanOrEqual(22_500);
    expect(pause).toBeLessThanOrEqual(27_500);
  }
});

describe("what an error says", () => {
  test.each([
    ["certain, go on", REFUSED, true, true],
    ["certain, go on", Errors.noLeader, true, true],
    ["in doubt, go on", Errors.timeout, false, true],
    ["in doubt, go on", Errors.leaderChanged, false, true],
    ["in doubt, go on", Errors.stopped, false, true],
    ["in doubt, go on", NO_REPLY, false, true],
    ["certain, go on", Errors.notSupportedForLearner, true, true],
    ["certain, go on", { code: "Unknown", message: "raft proposal dropped" }, true, true],
    ["in doubt, go on", { code: "Unknown", message: "context deadline exceeded" }, false, true],
    ["in doubt, stop", { code: "Unknown", message: "something else" }, false, false],
    ["certain, stop", Errors.compacted, true, false],
    ["in doubt, stop", Errors.noSpace, false, false],
    ["certain, stop", Errors.permissionDenied, true, false],
    ["certain, stop", Errors.leaseNotFound, true, false],
    ["in doubt, stop", Errors.canceled, false, false],
  ] as const)("%s: %o", (_, error, certain, transient) => {
    expect(didNotHappen(error)).toBe(certain);
    expect(isTransient(error)).toBe(transient);
  });

  test("whether the token is to blame", () => {
    expect(isStaleToken(Errors.invalidAuthToken, false)).toBe(true);
    expect(isStaleToken(Errors.userEmpty, true)).toBe(true);
    expect(isStaleToken(Errors.userEmpty, false)).toBe(false);
    expect(isStaleToken(Errors.permissionDenied, true)).toBe(false);
  });

  test("the reason of a cancelled watch is an error again", () => {
    const reason = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
    expect(errorOf(reason)).toBe(Errors.permissionDenied);
    expect(errorOf("something else")).toEqual({ code: "Unknown", message: "something else" });
  });
});
