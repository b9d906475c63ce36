import { expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import { bareContextError, refusalOf } from "../../../src/member/rpc/error-codes.ts";
import { LINES, RELEASES } from "../../../src/profile/lines.ts";
import { profileOf } from "../../../src/profile/profile.ts";

const profiles = LINES.map((line) => profileOf(RELEASES[line]));

test("the end of a context has a code since 3.5, and its words in all lines", () => {
  const late = profiles.map((profile) => bareContextError("deadline exceeded", profile));
  expect(new Set(late.map(({ message }) => message))).toEqual(
    new Set(["context deadline exceeded"]),
  );
  expect(late.map(({ code }) => code)).toEqual([
    "Unknown",
    ...["DeadlineExceeded", "DeadlineExceeded", "DeadlineExceeded"],
  ]);
  const gone = profiles.map((profile) => bareContextError("canceled", profile));
  expect(new Set(gone.map(({ message }) => message))).toEqual(new Set(["context canceled"]));
  expect(gone.map(({ code }) => code)).toEqual(["Unknown", "Canceled", "Canceled", "Canceled"]);
});

test("what a learner does not serve is a failed precondition since 3.6", () => {
  const { notSupportedForLearner: error } = Errors;
  const codes = profiles.map((profile) => refusalOf(error, profile).code);
  expect(codes).toEqual([
    ...["Unavailable", "Unavailable"],
    ...["FailedPrecondition", "FailedPrecondition"],
  ]);
});
