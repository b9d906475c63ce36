import type { RaftMistakes } from "../museum/raft.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import { confChangeHandler } from "./confchange.ts";
import { renderDiff } from "./diff.ts";
import { HarnessFatal, ScriptError } from "./failures.ts";
import { type Family, familyOf } from "./family.ts";
import { interactionHandler } from "./interaction.ts";
import { quorumHandler } from "./quorum.ts";
import { sameOutput } from "./same-output.ts";
import { type Directive, parseScript, rewriteScript, type Script } from "./script.ts";

/** Runs data-driven files against our raft. Pure: files come and go as text. */

/** Runs one command; a file's commands go to one handler, in order. */
export type Handler = (directive: Directive) => string;

/** A file to run. */
export interface ScriptFile {
  readonly path: string;
  readonly text: string;
}

/** The first command that printed something else than the file expects. */
export interface Failure {
  /** Of the command, from 1. */
  readonly line: number;
  readonly command: string;
  /** For people; ends in a newline. */
  readonly diff: string;
}

/** Why a file could not be run to its end. */
export interface BadInput {
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}

/** What came of one file. */
export interface FileReport {
  readonly path: string;
  readonly family: Family;
  readonly commands: number;
  /** Commands whose output was compared and found equal. A file stops at its first difference. */
  readonly passed: number;
  readonly failedAt?: Failure;
  readonly badInput?: BadInput;
}

/** What came of a run. */
export interface ConformanceReport {
  readonly files: readonly FileReport[];
  readonly totals: {
    readonly files: number;
    readonly filesPassed: number;
    readonly commands: number;
    readonly commandsPassed: number;
  };
}

/** Runs each file against a fresh environment. */
export function runConformance(files: readonly ScriptFile[]): ConformanceReport {
  return reportOf(files.map((file) => runFile(file)));
}

/** Adds up the reports of single files. */
export function reportOf(files: readonly FileReport[]): ConformanceReport {
  let filesPassed = 0;
  let commands = 0;
  let commandsPassed = 0;
  for (const file of files) {
    if (hasPassed(file)) filesPassed++;
    commands += file.commands;
    commandsPassed += file.passed;
  }
  return { files, totals: { files: files.length, filesPassed, commands, commandsPassed } };
}

/** Whether every command of the file printed what it should. */
export function hasPassed({ failedAt, badInput }: FileReport): boolean {
  return failedAt === undefined && badInput === undefined;
}

/** Runs a file up to its first difference. `mistakes`: those that raft is to make on purpose. */
export function runFile(file: ScriptFile, mistakes: RaftMistakes = NO_MISTAKES): FileReport {
  return withScript(file, (script, family) => {
    const handler = handlerOf(family, mistakes);
    const commands = script.directives.length;
    let passed = 0;
    for (const directive of script.directives) {
      const actual = runDirective(handler, directive);
      if (typeof actual !== "string") return { commands, passed, badInput: actual };
      if (!sameOutput(directive.expected, actual)) {
        const { line, command, expected } = directive;
        const failedAt = { line, command, diff: renderDiff(expected, actual) };
        return { commands, passed, failedAt };
      }
      passed++;
    }
    return { commands, passed };
  });
}

/** Runs a file to its end and gives its text with the outputs as they came. */
export function rewriteFile(file: ScriptFile): { report: FileReport; text: string } {
  let text = file.text;
  const report = withScript(file, (script, family) => {
    const handler = handlerOf(family, NO_MISTAKES);
    const commands = script.directives.length;
    const outputs: string[] = [];
    for (const directive of script.directives) {
      const actual = runDirective(handler, directive);
      if (typeof actual !== "string") return { commands, passed: outputs.length, badInput: actual };
      outputs.push(actual);
    }
    text = rewriteScript(script, outputs);
    return { commands, passed: commands };
  });
  return { report, text };
}

function withScript(
  { path, text }: ScriptFile,
  run: (script: Script, family: Family) => Omit<FileReport, "path" | "family">,
): FileReport {
  let script: Script;
  try {
    script = parseScript(text);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const { line, message, remedy } = error;
    const family = familyOf(path, []);
    return { path, family, commands: 0, passed: 0, badInput: { line, message, remedy } };
  }
  const family = familyOf(path, script.directives);
  if (script.directives.length === 0) {
    // Go passes it. Whoever named the wrong file would take that for an answer.
    const remedy = 'write a command, a line "----" and what it should print, or take the file away';
    const badInput = { line: 1, message: "there is no command in this file", remedy };
    return { path, family, commands: 0, passed: 0, badInput };
  }
  return { path, family, ...run(script, family) };
}

function runDirective(handler: Handler, directive: Directive): string | BadInput {
  try {
    const output = handler(directive);
    return output === "" || output.endsWith("\n") ? output : `${output}\n`;
  } catch (error) {
    const { line, command } = directive;
    if (error instanceof HarnessFatal) {
      const remedy = `correct the arguments or the input of "${command}"`;
      return { line, message: `${command}: ${error.message}`, remedy };
    }
    return `panic: ${error instanceof Error ? error.message : String(error)}\n`;
  }
}

function handlerOf(family: Family, mistakes: RaftMistakes): Handler {
  switch (family) {
    case "interaction":
      return interactionHandler(mistakes);
    case "quorum":
      return quorumHandler();
    case "confchange":
      return confChangeHandler();
  }
}
