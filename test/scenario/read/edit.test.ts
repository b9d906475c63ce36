import { describe, expect, test } from "vitest";
import { type Edit, parseEdit } from "../../../src/scenario/read/edit.ts";
import { InputError } from "../../../src/scenario/read/input-error.ts";
import { parseEdited } from "../../../src/scenario/read/parse.ts";

const TEXT = `# a comment
name: x
title: t
teaches: t
cluster: { members: 3, bugs: [] }
steps:
  - when: leader elected
    put: { key: a, value: "1" }
  - crash: [m1]
expect:
  - one leader per term
`;

function edited(...texts: string[]) {
  const edits = texts.map((text) => parseEdit(text) as Edit);
  return parseEdited(TEXT, "x.yaml", edits);
}

function refused(...texts: string[]): string {
  try {
    edited(...texts);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("it was taken");
}

describe("a change of a scenario", () => {
  test.each([
    ["cluster.pre-vote=false", ["cluster", "pre-vote"], "false"],
    ["steps[0].at=2s", ["steps", 0, "at"], "2s"],
    ["expect[0]=leader changed", ["expect", 0], "leader changed"],
    ["steps[1].crash[0]=m2", ["steps", 1, "crash", 0], "m2"],
    ["title=a=b", ["title"], "a=b"],
    ["until=", ["until"], ""],
  ])("%s", (text, path, yaml) => {
    expect(parseEdit(text)).toEqual({ path, yaml, text, label: `--set ${text}:` });
  });

  test.each([
    "",
    "=1",
    "a",
    "a b=1",
    ".a=1",
    "a.=1",
    "a..b=1",
    "[0]=1",
    "a[x]=1",
    "a[-1]=1",
    "a[0=1",
  ])("%j is none", (text) => {
    expect(parseEdit(text)).toContain("a change is written PATH=VALUE");
  });

  test("is read as if it stood in the file", () => {
    expect(edited("cluster.pre-vote=false").cluster.preVote).toBe(false);
    expect(edited("cluster.members=5", "seed=7").cluster).toMatchObject({ members: 5, seed: 7 });
    expect(edited("cluster={members: 1}").cluster.members).toBe(1);
    expect(edited("cluster.network.loss=1%").cluster.network.loss).toBe(10_000);
    expect(edited("steps[1].crash=m2").steps[1]?.text).toBe("crash: m2");
    expect(edited("until=9s").until).toBe(9_000_000);
    // The last one counts.
    expect(edited("seed=1", "seed=2").cluster.seed).toBe(2);
  });

  test("goes along with the text that a failure is saved as, and comments stay", () => {
    const { source } = edited("cluster.pre-vote=false");
    expect(source).toContain("# a comment");
    expect(parseEdited(source, "y.yaml", []).cluster.preVote).toBe(false);
  });

  test("leaves the other lines where they are", () => {
    expect(edited("cluster={members: 5}").steps.map(({ line }) => line)).toEqual([7, 9]);
  });

  test.each([
    [
      "cluster.pre-vote=maybe",
      '--set cluster.pre-vote=maybe: expected true or false, found "maybe"',
    ],
    [
      "cluster.pre-vot=true",
      '--set cluster.pre-vot=true: unknown key of cluster "pre-vot", did you mean "pre-vote"?',
    ],
    ["steps[1].crash=m9", "--set steps[1].crash=m9: "],
    ["expect[0]=leder changed", "--set expect[0]=leder changed: unknown expectation"],
    ["steps[2].at=1s", "--set steps[2].at=1s: steps ends at [1]: there is no [2]"],
    ["cluster.bugs[0]=R4", "--set cluster.bugs[0]=R4: cluster.bugs is empty: there is no [0]"],
    ["steps.at=1s", "--set steps.at=1s: steps is a list: name one of it by its number from 0 on"],
    ["cluster[0]=1", "--set cluster[0]=1: cluster is a map: name a key of it, not [0]"],
    ["title.x=1", '--set title.x=1: there is nothing in title, which is "t"'],
    ["impossible[0]=1", "--set impossible[0]=1: there is no list impossible"],
    ["cluster={members: 3", "--set cluster={members: 3: "],
    ["seed=9007199254740993", "--set seed=9007199254740993: 9007199254740993 is too large"],
    ["seed=*a", "--set seed=*a: this is not YAML: Unresolved alias"],
  ])("%s is refused in words", (text, says) => {
    const message = refused(text);
    expect(message).toContain(says);
    expect(message.split("\n")).toHaveLength(1);
  });

  test("all that is wrong is said at once, of changes and of the file", () => {
    const bad = TEXT.replace("[m1]", "[m8]");
    const edits = [parseEdit("cluster.members=none") as Edit];
    expect(() => parseEdited(bad, "x.yaml", edits)).toThrow(/--set cluster\.members=none: /);
    const both = [parseEdit("seed={"), parseEdit("title.x=1")] as Edit[];
    expect(() => parseEdited(TEXT, "x.yaml", both)).toThrow(
      /--set seed=\{: .*\n--set title\.x=1: /,
    );
  });
});
