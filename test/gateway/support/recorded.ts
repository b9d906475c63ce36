import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Exchange } from "../exchanges.ts";
import type { Answer } from "./answer.ts";

export const RECORDED = resolve(import.meta.dirname, "../recorded.ndjson");

/** A request and what the releases answered; those that answer the same stand together. */
export interface Row {
  readonly request: Exchange;
  readonly answers: readonly { readonly of: readonly string[]; readonly answer: Answer }[];
}

/** By subject, in the order in which they were asked; a line of the file a row. */
export type Recorded = ReadonlyMap<string, readonly Row[]>;

export function recorded(): Recorded {
  const lines = readFileSync(RECORDED, "utf8").trimEnd().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as Row & { readonly subject: string });
  const bySubject = new Map<string, Row[]>();
  for (const { subject, ...row } of rows) {
    const before = bySubject.get(subject);
    if (before === undefined) bySubject.set(subject, [row]);
    else before.push(row);
  }
  return bySubject;
}

export function answerOf(row: Row, version: string): Answer {
  const found = row.answers.find(({ of }) => of.includes(version));
  if (found === undefined) throw new Error(`nothing was recorded of ${version}`);
  return found.answer;
}
