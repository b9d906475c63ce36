import { ILLEGAL, type Machine, type Model } from "./model.ts";
import type { Operation } from "./operation.ts";

export type RegisterInput =
  | { readonly f: "read"; readonly key: string }
  | { readonly f: "write"; readonly key: string; readonly value: string }
  | { readonly f: "cas"; readonly key: string; readonly from: string; readonly to: string };

/** `value` null: a read found nothing. A write that ended needs neither. */
export interface RegisterOutput {
  readonly ok: boolean;
  readonly value: string | null;
}

/** Registers with compare-and-set, one a key; a register holds nothing at the start. */
export const REGISTER: Model<RegisterInput, RegisterOutput> = {
  name: "register",
  partition: ({ key }) => key,
  machine: (operations) => new RegisterMachine(operations),
  operationText: (input, output) => {
    switch (input.f) {
      case "read":
        return `read${output === null ? "" : `: ${output.value ?? "nothing"}`}`;
      case "write":
        return `write ${input.value}`;
      case "cas":
        return `cas ${input.from} → ${input.to}${output === null ? "" : output.ok ? "" : ": failed"}`;
    }
  },
};

const READ = 0;
const WRITE = 1;
const CAS_DONE = 2;
const CAS_FAILED = 3;
const CAS_UNKNOWN = 4;
const READ_UNKNOWN = 5;

/** States are the values in the order of their coming up; 0 is nothing. */
class RegisterMachine implements Machine {
  private readonly values: string[] = [""];
  private readonly numbers = new Map<string, number>();
  private readonly kinds: Uint8Array;
  private readonly first: Int32Array;
  private readonly second: Int32Array;

  constructor(operations: readonly Operation<RegisterInput, RegisterOutput>[]) {
    this.kinds = new Uint8Array(operations.length);
    this.first = new Int32Array(operations.length);
    this.second = new Int32Array(operations.length);
    for (const [i, { input, output }] of operations.entries()) {
      switch (input.f) {
        case "read":
          this.kinds[i] = output === null ? READ_UNKNOWN : READ;
          this.first[i] = output === null || output.value === null ? 0 : this.number(output.value);
          break;
        case "write":
          this.kinds[i] = WRITE;
          this.first[i] = this.number(input.value);
          break;
        case "cas":
          this.kinds[i] = output === null ? CAS_UNKNOWN : output.ok ? CAS_DONE : CAS_FAILED;
          this.first[i] = this.number(input.from);
          this.second[i] = this.number(input.to);
      }
    }
  }

  private number(value: string): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    const number = this.values.push(value) - 1;
    this.numbers.set(value, number);
    return number;
  }

  step(state: number, i: number): number {
    const first = this.first[i] as number;
    switch (this.kinds[i]) {
      case READ:
        return first === state ? state : ILLEGAL;
      case WRITE:
        return first;
      case CAS_DONE:
        return first === state ? (this.second[i] as number) : ILLEGAL;
      case CAS_FAILED:
        return first === state ? ILLEGAL : state;
      case CAS_UNKNOWN:
        return first === state ? (this.second[i] as number) : state;
      default:
        return state;
    }
  }

  changes(i: number): boolean {
    const kind = this.kinds[i] as number;
    return kind === WRITE || kind === CAS_DONE || kind === CAS_UNKNOWN;
  }

  kind(i: number): number {
    const { values, kinds, first, second } = this;
    const pair = (first[i] as number) * values.length + (second[i] as number);
    return pair * 8 + (kinds[i] as number);
  }

  stateText(state: number): string {
    return state === 0 ? "nothing" : (this.values[state] as string);
  }
}
