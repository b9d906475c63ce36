import type { Suite, SuiteCase } from "./suite.ts";

/** JUnit's XML, which most CI systems read. */
export function junitXml(suite: Suite): string {
  const { name, properties, cases, ms } = suite;
  const having = (kind: "failure" | "error") =>
    cases.filter(({ problem }) => problem?.kind === kind).length;
  const numbers = {
    tests: cases.length,
    failures: having("failure"),
    errors: having("error"),
    ...timeOf(ms),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "detcd", ...numbers })}>`,
    `  <testsuite${attributes({ name, ...numbers, skipped: 0 })}>`,
    "    <properties>",
    ...Object.entries(properties).map(
      ([key, value]) => `      <property${attributes({ name: key, value })}/>`,
    ),
    "    </properties>",
    ...cases.map((each) => caseXml(name, each)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function caseXml(classname: string, { name, ms, problem }: SuiteCase): string {
  const head = `    <testcase${attributes({ classname, name, ...timeOf(ms) })}`;
  if (problem === null) return `${head}/>`;
  const { kind, type, message, text } = problem;
  const inner = `<${kind}${attributes({ type, message })}>${xml(text)}</${kind}>`;
  return `${head}>\n      ${inner}\n    </testcase>`;
}

/** In seconds. */
function timeOf(ms: number | null): { readonly time?: string } {
  return ms === null ? {} : { time: (ms / 1000).toFixed(3) };
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
