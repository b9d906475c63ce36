import { cpus } from "node:os";
import type { Result } from "./measure.ts";

export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
}

export function thisMachine(): Machine {
  return { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };
}

export function machineText({ node, cpu, cores }: Machine): string {
  return `${cpu}, ${cores} cores, Node ${node}`;
}

export function numberText(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: n < 100 ? 1 : 0 });
}

export function unitText({ measure, unit }: Pick<Result, "measure" | "unit">): string {
  return measure === "per second" ? `${unit}/s` : measure;
}

export function resultRow(result: Result): string {
  const target = result.target === null ? "" : `target ${numberText(result.target)}`;
  const range = `${numberText(result.worst)} … ${numberText(result.best)}`;
  return `${result.name.padEnd(54)} ${numberText(result.median).padStart(12)} ${unitText(result).padEnd(14)} ${range.padEnd(26)} ${target}`;
}
