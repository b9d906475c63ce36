import { ILLEGAL, type Machine, type Model } from "./model.ts";
import type { Operation } from "./operation.ts";

export type TextInput =
  | { readonly f: "get"; readonly key: string }
  | { readonly f: "put" | "append"; readonly key: string; readonly value: string };

/** What a get found; "" of a put or an append. */
export type TextOutput = string;

/** Texts that can be put, got and added to, one a key; "" at the start (the labs of MIT's 6.824). */
export const TEXT: Model<TextInput, TextOutput> = {
  name: "text",
  partition: ({ key }) => key,
  machine: (operations) => new TextMachine(operations),
  operationText: (input, output) => {
    if (input.f !== "get") return `${input.f} "${input.value}"`;
    return `get${output === null ? "" : `: "${output}"`}`;
  },
};

/** States are the texts in the order of their coming up; 0 is "". */
class TextMachine implements Machine {
  private readonly operations: readonly Operation<TextInput, TextOutput>[];
  private readonly texts: string[] = [""];
  private readonly numbers = new Map<string, number>([["", 0]]);
  /** Of each get, what it found. */
  private readonly found: Int32Array;
  private readonly kinds = new Map<string, number>();

  constructor(operations: readonly Operation<TextInput, TextOutput>[]) {
    this.operations = operations;
    this.found = Int32Array.from(operations, ({ input, output }) =>
      input.f === "get" && output !== null ? this.number(output) : -1,
    );
  }

  private number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.push(text) - 1;
    this.numbers.set(text, number);
    return number;
  }

  step(state: number, i: number): number {
    const { input } = this.operations[i] as Operation<TextInput, TextOutput>;
    switch (input.f) {
      case "get": {
        const found = this.found[i] as number;
        return found === -1 || found === state ? state : ILLEGAL;
      }
      case "put":
        return this.number(input.value);
      case "append":
        return this.number((this.texts[state] as string) + input.value);
    }
  }

  changes(i: number): boolean {
    return this.operations[i]?.input.f !== "get";
  }

  kind(i: number): number {
    const { input } = this.operations[i] as Operation<TextInput, TextOutput>;
    const text = input.f === "get" ? "get" : `${input.f} ${input.value}`;
    const known = this.kinds.get(text);
    if (known !== undefined) return known;
    this.kinds.set(text, this.kinds.size);
    return this.kinds.size - 1;
  }

  stateText(state: number): string {
    return `"${this.texts[state]}"`;
  }
}
