import { nearest } from "../../scenario/read/suggest.ts";
import { type Frame, leaderOf, memberOf } from "../../trace/frames/frame.ts";
import { memberName } from "../../trace/names.ts";

/** Nobody leads; nobody was voted for. */
export const NOBODY = "nobody";
export const YES = "yes";
export const NO = "no";
const ROLES = ["follower", "pre-candidate", "candidate", "leader", "paused", "down"] as const;

/** Something that can be asked of any moment of a run; its value is a word or a number. */
export interface Expression {
  /** As the lesson says it. */
  readonly text: string;
  value(frame: Frame): string;
  /** All values that it may have, where these are few; else the lesson has to give choices. */
  domain(frame: Frame): readonly string[] | null;
}

interface Form {
  readonly template: string;
  readonly about: string;
  value(frame: Frame, ...numbers: readonly number[]): string;
  readonly domain: Expression["domain"];
}

const someMember = (frame: Frame): string[] => [
  ...frame.members.map(({ id }) => memberName(id)),
  NOBODY,
];
const yesOrNo = (): string[] => [YES, NO];
const roles = (): readonly string[] => ROLES;
const count = (frame: Frame): string[] => [0, ...frame.members.map((_, i) => i + 1)].map(String);
const open = (): null => null;
const nameOr = (id: number): string => (id === 0 ? NOBODY : memberName(id));

/** `<m>` is a member, `<n>` a number. */
const FORMS: readonly Form[] = [
  {
    template: "leader",
    about: "who leads: the leader of the highest term that is up",
    value: (frame) => nameOr(leaderOf(frame)?.id ?? 0),
    domain: someMember,
  },
  {
    template: "role of <m>",
    about: "follower, pre-candidate, candidate, leader, paused or down",
    value: (frame, id = 0) => {
      const { status, role } = memberOf(frame, id);
      return status === "up" ? role : status === "paused" ? "paused" : "down";
    },
    domain: roles,
  },
  {
    template: "term of <m>",
    about: "the term that it is in",
    value: (frame, id = 0) => String(memberOf(frame, id).term),
    domain: open,
  },
  {
    template: "vote of <m>",
    about: "whom it voted for in its term",
    value: (frame, id = 0) => nameOr(memberOf(frame, id).vote),
    domain: someMember,
  },
  {
    template: "votes of <m>",
    about: "how many votes it has by now, its own among them, while it stands for election",
    value: (frame, id = 0) => String(memberOf(frame, id).granted.length),
    domain: count,
  },
  {
    template: "leader of <m>",
    about: "whom it believes to lead",
    value: (frame, id = 0) => nameOr(memberOf(frame, id).lead),
    domain: someMember,
  },
  {
    template: "last entry of <m>",
    about: "the index of the last entry of its log",
    value: (frame, id = 0) => String(memberOf(frame, id).log.lastIndex),
    domain: open,
  },
  {
    template: "commit of <m>",
    about: "up to which entry it knows the log to be committed",
    value: (frame, id = 0) => String(memberOf(frame, id).commit),
    domain: open,
  },
  {
    template: "applied of <m>",
    about: "up to which entry it has applied the log",
    value: (frame, id = 0) => String(memberOf(frame, id).applied),
    domain: open,
  },
  {
    template: "revision of <m>",
    about: "the revision of its store",
    value: (frame, id = 0) => String(memberOf(frame, id).revision),
    domain: open,
  },
  {
    template: "term of entry <n> on <m>",
    about: "the term of that entry in its log; nobody: it has none",
    value: (frame, index = 0, id = 0) => String(memberOf(frame, id).log.termAt(index) ?? NOBODY),
    domain: open,
  },
  {
    template: "copies of entry <n>",
    about: "how many logs have an entry there",
    value: (frame, index = 0) =>
      String(frame.members.filter(({ log }) => log.at(index) !== undefined).length),
    domain: count,
  },
  {
    template: "copies of entry <n> of term <n>",
    about: "how many logs have an entry of that term there",
    value: (frame, index = 0, term = 0) =>
      String(frame.members.filter(({ log }) => log.at(index)?.term === term).length),
    domain: count,
  },
  {
    template: "entry <n> committed",
    about: "whether some member knows that it is committed",
    value: (frame, index = 0) => (frame.committed >= index ? YES : NO),
    domain: yesOrNo,
  },
];

/** For docs/lessons.md. */
export const EXPRESSION_FORMS: readonly { readonly template: string; readonly about: string }[] =
  FORMS;

/** Reads what a lesson asks about. Returns a sentence if it means nothing. */
export function parseExpression(text: string): Expression | string {
  const said = text.trim().split(/\s+/);
  for (const { template, value, domain } of FORMS) {
    const numbers = gapsOf(template.split(" "), said);
    if (numbers === null) continue;
    return { text, value: (frame) => value(frame, ...numbers), domain };
  }
  const candidates = FORMS.map(({ template }) =>
    template
      .split(" ")
      .map((part, i) => (part.startsWith("<") ? (said[i] ?? part) : part))
      .join(" "),
  );
  const near = nearest(text, candidates);
  const hint =
    near === null
      ? `; ask about ${FORMS.map(({ template }) => `"${template}"`).join(", ")}, or an expectation`
      : `, did you mean "${near}"?`;
  return `"${text}" is nothing that can be asked of a run${hint}`;
}

/** The numbers in the gaps; null if the words are others. */
function gapsOf(pattern: readonly string[], said: readonly string[]): number[] | null {
  if (pattern.length !== said.length) return null;
  const numbers: number[] = [];
  for (const [i, part] of pattern.entries()) {
    const word = said[i] ?? "";
    if (part === "<m>" && /^m[1-9][0-9]?$/.test(word)) numbers.push(Number(word.slice(1)));
    else if (part === "<n>" && /^[0-9]{1,9}$/.test(word)) numbers.push(Number(word));
    else if (part !== word) return null;
  }
  return numbers;
}
