import type { EtcdInput, EtcdOutput } from "../linearizability/etcd.ts";
import type { Operation } from "../linearizability/operation.ts";
import type { RegisterInput, RegisterOutput } from "../linearizability/register.ts";
import type { TextInput, TextOutput } from "../linearizability/text.ts";

/** What a file tells, and what it can be held against. */
export type History =
  | {
      readonly model: "register";
      readonly operations: readonly Operation<RegisterInput, RegisterOutput>[];
    }
  | { readonly model: "text"; readonly operations: readonly Operation<TextInput, TextOutput>[] }
  | { readonly model: "etcd"; readonly operations: readonly Operation<EtcdInput, EtcdOutput>[] };

/** A file that is no history; `line` counts from 1, 0: none in particular. */
export class HistoryError extends Error {
  override name = "HistoryError";
  readonly line: number;
  constructor(line: number, text: string) {
    super(text);
    this.line = line;
  }
}
