import type { Io } from "../io.ts";
import { cell, command, group, summarize } from "../reporters/github.ts";
import { junitXml } from "../reporters/junit.ts";
import type { Suite, SuiteCase, SuiteProblem } from "../reporters/suite.ts";
import { tapText } from "../reporters/tap.ts";
import { counted, paint, RED } from "../text.ts";
import { storyLines } from "./one.ts";
import type { ReplayOptions } from "./options.ts";
import { jsonOf, type Ran } from "./planned.ts";
import type { ReplayReporter, Totals } from "./reporter.ts";
import { firstProblem, verdictLines } from "./verdict-text.ts";

export function replayReporter(options: ReplayOptions, io: Io): ReplayReporter {
  if (options.json) return jsonReporter(options, io);
  switch (options.reporter) {
    case "github":
      return githubReporter(io);
    case "junit":
      return suiteReporter(options, (suite) => io.out(junitXml(suite)));
    case "tap":
      return suiteReporter(options, (suite) => io.out(tapText(suite)));
    default:
      return textReporter(options, io);
  }
}

/** For people: a line a run, what failed of it, and their sum. */
function textReporter(options: ReplayOptions, io: Io): ReplayReporter {
  const { plain, all, quiet, verify } = options;
  const telling = { colors: io.colors, brief: true, verify: verify === true };
  return {
    ran: (ran) => {
      if (plain || all) io.out(`${storyLines(ran).join("\n")}\n`);
      if (quiet && problemOf(ran) === null) return;
      io.out(`${verdictLines(ran, telling).join("\n")}\n`);
      if (plain || all) io.out("\n");
    },
    ended: (totals) => io.out(`${totalLine(totals, io.colors)}\n`),
  };
}

/** `100 runs: 98 held, 2 FAILED · 12.3 s`. */
function totalLine({ runs, counts, ms }: Totals, colors: boolean): string {
  const { held, failed, stopped, differed } = counts;
  const parts = [
    ...(held > 0 ? [`${held} held`] : []),
    ...(failed > 0 ? [paint(colors, RED, `${failed} FAILED`)] : []),
    ...(stopped > 0 ? [`${stopped} stopped`] : []),
    ...(differed > 0 ? [paint(colors, RED, `${differed} not deterministic`)] : []),
  ];
  const time = ms === null ? "" : ` · ${(ms / 1000).toFixed(1)} s`;
  return `${counted(runs, "run")}: ${parts.join(", ")}${time}`;
}

function jsonReporter(options: ReplayOptions, io: Io): ReplayReporter {
  const runs: object[] = [];
  return {
    ran: (ran) => runs.push(jsonOf(ran, options)),
    ended: ({ counts, ms, runs: number }) => {
      const wall = ms === null ? {} : { wallMs: ms };
      const ok = counts.held === number;
      io.out(`${JSON.stringify({ ok, ...counts, ...wall, runs }, null, 2)}\n`);
    },
  };
}

/** Keeps what is to be told of each run, not the run. */
function suiteReporter(options: ReplayOptions, write: (suite: Suite) => void): ReplayReporter {
  const cases: SuiteCase[] = [];
  return {
    ran: (ran) => cases.push({ name: nameOf(ran), ms: ran.ms, problem: problemOf(ran) }),
    ended: ({ ms }) => {
      const seeds = options.seeds === undefined ? {} : { seeds: rangeText(options.seeds) };
      write({ name: "detcd replay", properties: seeds, cases, ms });
    },
  };
}

function rangeText({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${from}..${to}`;
}

function nameOf({ planned: { source, seed } }: Ran): string {
  return `${source.library ?? source.label} seed ${seed}`;
}

/** What a CI system is to be told is wrong with a run. */
function problemOf(ran: Ran): SuiteProblem | null {
  const message = firstProblem(ran);
  if (message === null) return null;
  const { verdict } = ran.run.report;
  const telling = { colors: false, brief: true, verify: false };
  const text = verdictLines(ran, telling).join("\n");
  if (ran.difference !== null) return { kind: "error", type: "nondeterminism", message, text };
  return { kind: verdict === "stopped" ? "error" : "failure", type: verdict, message, text };
}

/** For GitHub's workflows: an annotation a failure, at the line of its step, and a summary of the job. */
function githubReporter(io: Io): ReplayReporter {
  const rows: string[] = [];
  return {
    ran: (ran) => {
      const problem = problemOf(ran);
      if (problem === null) return;
      const { source, seed } = ran.planned;
      const { failure } = ran.run.report;
      io.out(group(nameOf(ran), [...storyLines(ran), ...problem.text.split("\n")]));
      const file = source.path === null || source.library !== null ? {} : { file: source.label };
      const line = failure === null ? {} : { line: failure.line };
      const title = `detcd: ${nameOf(ran)}`;
      const again = `${problem.message}\nreplay: ${ran.command}`;
      io.out(command("error", { ...file, ...("file" in file ? line : {}), title }, again));
      rows.push(
        `| ${cell(source.label)} | ${seed} | ${cell(problem.message)} | ${cell(ran.command)} |`,
      );
    },
    ended: (totals) => {
      const total = totalLine(totals, false);
      io.out(command("notice", { title: "detcd replay" }, total));
      const table = ["| scenario | seed | what | again |", "|---|---:|---|---|", ...rows, ""];
      summarize([`### detcd replay: ${total}`, "", ...(rows.length === 0 ? [] : table)], io);
    },
  };
}
