import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { detcdIn } from "./detcd-in.ts";

const { cwd: FOLDER, detcd } = detcdIn("terminal");

/** Clears the screen, colours it, changes its title, goes back to the line's start; and says what follows. */
const OBEYED = String.raw`\e[2J\e[31m\e]0;mine\a\r\u009b1A\u202e\u2028`;

/** Everything that a person writes and the tool shows holds what a terminal would obey. */
const SCENARIO = `name: rude
title: "title ${OBEYED}\\nnext"
teaches: "teaches ${OBEYED}\\nnext"
cluster: { members: 1 }
steps:
  - when: leader elected
  - watch: { key: a, as: "watch ${OBEYED}" }
  - lock: { name: "a", client: 2, as: "lock ${OBEYED}" }
  - put: { key: a, value: x, as: "put ${OBEYED}" }
    note: "note ${OBEYED}"
  - user-add: { user: "user ${OBEYED}", password: x, as: u }
  - when: { answered: "put ${OBEYED}" }
    expect: { acknowledged: "put ${OBEYED}" }
  - connect: { client: 7, user: "user ${OBEYED}", password: "${OBEYED}" }
  - put: { key: b, value: x, client: 7, as: "in vain ${OBEYED}" }
  - after: 1s
expect:
  - { acknowledged: "put ${OBEYED}" }
  - { refused: "put ${OBEYED}" }
  - { answered with error: { "in vain ${OBEYED}": "error ${OBEYED}" } }
`;

/** All but text and the ends of lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/;

describe("what a terminal would obey never reaches it, whoever wrote it:", () => {
  test.each([
    ["a story and its verdict", ["replay", "rude.yaml", "--plain"]],
    ["every event", ["replay", "rude.yaml", "--all"]],
  ])("%s", async (_, argv) => {
    writeFileSync(join(FOLDER, "rude.yaml"), SCENARIO);
    const { code, out, error } = await detcd(argv);
    expect(error).toBe("");
    expect(code).toBe(1);
    for (const what of ["title", "teaches", "put", "note", "error"]) {
      expect(out).toContain(`${what} \\u{1b}[2J`);
    }
    expect(OBEYS.exec(out)).toBeNull();
  });

  test("what is wrong with a file", async () => {
    const bad = SCENARIO.replace("put: {", `"${OBEYED}": {`).replace("refused:", `"${OBEYED}":`);
    writeFileSync(join(FOLDER, "bad.yaml"), bad);
    const { code, error } = await detcd(["replay", "bad.yaml"]);
    expect(code).toBe(2);
    expect(error).toContain("\\u{1b}[2J");
    expect(OBEYS.exec(error)).toBeNull();
  });
});
