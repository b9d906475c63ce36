import { z } from "zod";
import { MINUTE, SECOND } from "../../../base/time.ts";
import { duration, durationFrom, expected, record, text } from "../../read/scalars.ts";
import { leastTime, settle } from "../../run/settle.ts";
import { noNames } from "../names.ts";
import { type Action, action } from "./action.ts";

const REST = 2 * SECOND;

const within = durationFrom(0, 60 * MINUTE);

const input = z
  .union(
    [
      within.refine((within) => within > REST, {
        error: `the cluster must have been at rest for ${REST / SECOND} s by then: give it longer`,
      }),
      record("key of settle", {
        within: within.default(30 * SECOND),
        rest: duration.default(REST),
        user: text.optional(),
        password: text.optional(),
      })
        .refine(({ within, rest }) => rest < within, {
          error: "`rest` is a part of `within`, and shorter",
          path: ["rest"],
        })
        .refine(({ user, password }) => user !== undefined || password === undefined, {
          error: "a password is a user's: say whose, with `user`",
          path: ["password"],
        }),
    ],
    { error: (issue) => expected("a duration, or {within: …, rest: …}", issue.input) },
  )
  .transform((given) =>
    typeof given === "number"
      ? { within: given, rest: REST, user: undefined, password: undefined }
      : given,
  );

/** The end of all trouble. */
export const SETTLING_ACTIONS = {
  settle: action(
    "All faults end, all members start again, and the cluster comes to rest `within` so long: then its members must agree, by what they say too (as `user`, where auth may be on), and every watcher know everything. It is judged once it has been at `rest` for so long.",
    input,
    noNames,
    (world, { within, rest, user, password = "" }) => {
      const auth = user === undefined ? null : { name: user, password };
      settle(world, { within, rest, auth });
    },
    leastTime,
  ),
} satisfies Record<string, Action>;
