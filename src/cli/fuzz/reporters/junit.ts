import type { CampaignReport } from "../../../fuzz/report.ts";
import { INVARIANT_NAMES } from "../../../scenario/run/checkers.ts";
import type { Io } from "../../io.ts";
import type { Found, Outcome, Reporter } from "../outcome.ts";
import { caseCommand, failureLines, textReporter } from "./text.ts";

/**
 * JUnit's XML, which most CI systems read. Into a file where there is a folder for it, and the text for
 * people to the output; else the XML is the output.
 *
 * @param write writes the file, and says so where it can't; null: there is no folder
 */
export function junitReporter(io: Io, write: ((xml: string) => void) | null): Reporter {
  const text = textReporter(io);
  if (write === null) {
    return {
      ran: () => {},
      explained: () => {},
      ended: (outcome, found) => io.out(junitXml(outcome, found)),
    };
  }
  return {
    ...text,
    ended: (outcome, found) => {
      text.ended(outcome, found);
      write(junitXml(outcome, found));
    },
  };
}

/** One suite, the campaign; one test case an invariant; and one for what a campaign itself may lack. */
export function junitXml(outcome: Outcome, found: readonly Found[]): string {
  const { report, ran, difference, missing } = outcome;
  const { profile, seed, bugs = [] } = report.settings;
  const broken = new Map<string, string>();
  for (const { invariant } of report.failures) {
    if (!broken.has(invariant)) broken.set(invariant, failureXml(report, invariant, found));
  }
  const names = [...new Set([...INVARIANT_NAMES, ...broken.keys()])];
  const problems = [
    ...(difference === null
      ? []
      : [`case ${difference.case} is not deterministic: ${difference.text}`]),
    ...missing.map((text) => `missing: ${text}`),
    ...(report.ran === 0 ? ["no case was run"] : []),
  ];
  const suite = `detcd fuzz ${profile}`;
  const cases = [
    ...names.map((name) => caseXml(suite, name, broken.get(name) ?? "")),
    caseXml(
      suite,
      "campaign",
      problems.length === 0
        ? ""
        : `<error${attributes({ type: "campaign", message: problems[0] ?? "" })}>${xml(problems.join("\n"))}</error>`,
    ),
  ];
  const numbers = {
    tests: cases.length,
    failures: broken.size,
    errors: problems.length === 0 ? 0 : 1,
    time: ((ran?.ms ?? 0) / 1000).toFixed(3),
  };
  const properties = { profile, seed, bugs: bugs.join(" "), cases: report.ran };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "detcd", ...numbers })}>`,
    `  <testsuite${attributes({ name: suite, ...numbers, skipped: 0 })}>`,
    "    <properties>",
    ...Object.entries(properties).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    "    </properties>",
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function caseXml(classname: string, name: string, inner: string): string {
  const head = `    <testcase${attributes({ classname, name, time: "0.000" })}`;
  return inner === "" ? `${head}/>` : `${head}>\n      ${inner}\n    </testcase>`;
}

/** All cases that broke the invariant, the one that was made small in full. */
function failureXml(report: CampaignReport, invariant: string, found: readonly Found[]): string {
  const failed = report.failures.filter((each) => each.invariant === invariant);
  const small = found.filter(({ failure }) => failure.invariant === invariant);
  const told = new Set(small.map((each) => each.case));
  const body = [
    ...small.flatMap((each) => [...failureLines(each, false), ""]),
    ...failed
      .filter((each) => !told.has(each.case))
      .map(({ case: number, text }) => `case ${number}: ${text}\n${caseCommand(report, number)}`),
  ];
  const message = small[0]?.failure.text ?? failed[0]?.text ?? invariant;
  return `<failure${attributes({ type: invariant, message })}>${xml(body.join("\n"))}</failure>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${xml(String(value)).replace(/[\t\n]/g, (c) => `&#${c.charCodeAt(0)};`)}"`,
    )
    .join("");
}

/**
 * Escaped; and what XML 1.0 has no way to write at all, control characters and half of a surrogate pair, is
 * replaced.
 */
function xml(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(NO_XML, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that may not be there.
const NO_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF]/g;
