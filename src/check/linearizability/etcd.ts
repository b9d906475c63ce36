import { ILLEGAL, type Machine, type Model } from "./model.ts";
import type { Operation } from "./operation.ts";

export type EtcdInput =
  | { readonly f: "get"; readonly key: string }
  | { readonly f: "put"; readonly key: string; readonly value: string }
  | { readonly f: "delete"; readonly key: string };

export interface EtcdOutput {
  /** Of a write, the revision that it made; of a get, the key's mod revision. 0: it is not known, or there is none. */
  readonly revision: number;
  /** What a get found; null: nothing. */
  readonly value: string | null;
  /** Of a delete: whether there was something to delete. */
  readonly deleted: boolean;
}

/**
 * etcd's keys, one at a time, with their revisions: a key's revisions grow, and a get tells the one of
 * the value that it found.
 */
export const ETCD: Model<EtcdInput, EtcdOutput> = {
  name: "etcd",
  partition: ({ key }) => key,
  machine: (operations) => new EtcdMachine(operations),
  operationText: (input, output) => {
    const at = output !== null && output.revision > 0 ? ` (revision ${output.revision})` : "";
    if (input.f === "put") return `put ${input.value}${at}`;
    if (input.f === "delete") return `delete${output?.deleted === false ? ": nothing there" : at}`;
    return `get${output === null ? "" : `: ${output.value ?? "nothing"}${at}`}`;
  },
};

interface State {
  readonly value: string | null;
  /** Of the last write; where its revision is not known, a lower bound. */
  readonly revision: number;
  readonly exact: boolean;
}

/** States are what a key held and since when, in the order of their coming up; 0 is nothing at revision 0. */
class EtcdMachine implements Machine {
  private readonly operations: readonly Operation<EtcdInput, EtcdOutput>[];
  private readonly states: State[] = [{ value: null, revision: 0, exact: true }];
  private readonly numbers = new Map<string, number>();
  private readonly kinds = new Map<string, number>();

  constructor(operations: readonly Operation<EtcdInput, EtcdOutput>[]) {
    this.operations = operations;
  }

  step(number: number, i: number): number {
    const { input, output } = this.operations[i] as Operation<EtcdInput, EtcdOutput>;
    const state = this.states[number] as State;
    const revision = output?.revision ?? 0;
    switch (input.f) {
      case "get": {
        if (output === null) return number;
        if (output.value !== state.value) return ILLEGAL;
        if (output.value === null) return number;
        const right = state.exact ? revision === state.revision : revision > state.revision;
        return right ? number : ILLEGAL;
      }
      case "put":
        return this.written(state, input.value, revision);
      case "delete":
        if (state.value === null) return output?.deleted === true ? ILLEGAL : number;
        return output?.deleted === false ? ILLEGAL : this.written(state, null, revision);
    }
  }

  private written(before: State, value: string | null, revision: number): number {
    if (revision === 0) return this.number({ value, revision: before.revision, exact: false });
    return revision > before.revision ? this.number({ value, revision, exact: true }) : ILLEGAL;
  }

  private number(state: State): number {
    const text = `${state.exact ? "" : ">"}${state.revision} ${state.value ?? "\0"}`;
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.states.push(state) - 1;
    this.numbers.set(text, number);
    return number;
  }

  changes(i: number): boolean {
    const { input, output } = this.operations[i] as Operation<EtcdInput, EtcdOutput>;
    return input.f === "put" || (input.f === "delete" && output?.deleted !== false);
  }

  kind(i: number): number {
    const { input, output } = this.operations[i] as Operation<EtcdInput, EtcdOutput>;
    const text = ETCD.operationText(input, output);
    const known = this.kinds.get(text);
    if (known !== undefined) return known;
    this.kinds.set(text, this.kinds.size);
    return this.kinds.size - 1;
  }

  stateText(number: number): string {
    const { value, revision, exact } = this.states[number] as State;
    if (value === null) return "nothing";
    return `${value} (revision ${exact ? "" : "above "}${revision})`;
  }
}
