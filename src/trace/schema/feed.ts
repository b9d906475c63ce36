import { assert } from "../../base/assert.ts";
import { Digest } from "../../base/digest.ts";
import type { Fields, Form, Shape } from "./shape.ts";

/**
 * How values of a shape are fed into a digest, such that no two sequences of values feed the same
 * sequence of words: a list begins with its length, a word of a closed list and a variant's type
 * are fed by their hash, a field that may be absent by its number.
 *
 * A run feeds every one of its events. So a record's description is laid out once, as nodes that
 * V8 sees as objects of one class, and walked from then on.
 */
export interface RecordPlan {
  readonly always: readonly Node[];
  /** Each that is there is fed as its number, from 1, and its value; after the last comes a 0. */
  readonly optional: readonly Node[];
}

export function planOf(fields: Fields): RecordPlan {
  const always: Node[] = [];
  const optional: Node[] = [];
  for (const [name, shape] of Object.entries(fields)) {
    if (shape.form === "optional") optional.push(new Node(name, shape.of));
    else always.push(new Node(name, shape));
  }
  return { always, optional };
}

/** A 32-bit hash of a word. Those of one list, and of all kinds, are different: a test looks. */
export function hashOf(word: string): number {
  const digest = new Digest();
  digest.string(word);
  return digest.hash52() | 0;
}

const Op = {
  Integer: 0,
  Text: 1,
  Flag: 2,
  Word: 3,
  Record: 4,
  Integers: 5,
  List: 6,
  Pair: 7,
  Variants: 8,
  Nullable: 9,
} as const;
type Op = (typeof Op)[keyof typeof Op];

const OPS: Readonly<Record<Form["form"], Op>> = {
  integer: Op.Integer,
  text: Op.Text,
  flag: Op.Flag,
  word: Op.Word,
  list: Op.List,
  column: Op.List,
  pair: Op.Pair,
  record: Op.Record,
  variants: Op.Variants,
  nullable: Op.Nullable,
};

class Node {
  /** The field's name; "" of what is no field. */
  readonly name: string;
  readonly op: Op;
  /** Of the elements, or of what may be null. */
  readonly of: Node | null = null;
  readonly record: RecordPlan | null = null;
  readonly variants = new Map<string, RecordPlan>();
  readonly hashes = new Map<string, number>();

  constructor(name: string, shape: Shape) {
    this.name = name;
    this.op = isIntegers(shape) ? Op.Integers : OPS[shape.form];
    if ("of" in shape) this.of = new Node("", shape.of);
    if (shape.form === "record") this.record = planOf(shape.fields);
    if (shape.form === "word") {
      for (const word of shape.words) this.hashes.set(word, hashOf(word));
    }
    if (shape.form === "variants") {
      for (const [type, fields] of Object.entries(shape.variants)) {
        this.variants.set(type, planOf(fields));
        this.hashes.set(type, hashOf(type));
      }
    }
  }
}

/** Lists of integers are many, and need no node for an element. */
function isIntegers(shape: Shape): boolean {
  return (shape.form === "list" || shape.form === "column") && shape.of.form === "integer";
}

type Values = Readonly<Record<string, unknown>>;

export function feedRecord(d: Digest, plan: RecordPlan, record: object): void {
  const { always, optional } = plan;
  const values = record as Values;
  for (let i = 0; i < always.length; i++) {
    const node = always[i] as Node;
    feed(d, node, values[node.name]);
  }
  if (optional.length === 0) return;
  for (let i = 0; i < optional.length; i++) {
    const node = optional[i] as Node;
    const value = values[node.name];
    if (value === undefined) continue;
    d.u32(i + 1);
    feed(d, node, value);
  }
  d.u32(0);
}

function feed(d: Digest, node: Node, value: unknown): void {
  switch (node.op) {
    case Op.Integer:
      feedInteger(d, value as number);
      break;
    case Op.Text:
      d.string(value as string);
      break;
    case Op.Flag:
      d.u32((value as boolean) ? 1 : 0);
      break;
    case Op.Word:
      feedWord(d, node, value as string);
      break;
    case Op.Record:
      feedRecord(d, node.record as RecordPlan, value as object);
      break;
    default:
      feedOther(d, node, value);
  }
}

/** The rarer ones, apart, so that `feed` stays small enough for V8 to put it in its callers. */
function feedOther(d: Digest, node: Node, value: unknown): void {
  switch (node.op) {
    case Op.Integers:
      feedIntegers(d, value as readonly number[]);
      break;
    case Op.List:
      feedList(d, node.of as Node, value as readonly unknown[]);
      break;
    case Op.Pair: {
      const pair = value as readonly [number, number];
      feedInteger(d, pair[0]);
      feedInteger(d, pair[1]);
      break;
    }
    case Op.Nullable:
      d.u32(value === null ? 0 : 1);
      if (value !== null) feed(d, node.of as Node, value);
      break;
    case Op.Variants: {
      const { type } = value as { readonly type: string };
      feedWord(d, node, type);
      feedRecord(d, node.variants.get(type) as RecordPlan, value as object);
    }
  }
}

const SMALL = 0x4000_0000;
const TWO_32 = 0x1_0000_0000;
/** Makes the high halves of safe integers, which begin at -2^21, natural numbers. */
const HIGH = 0x20_0000;

/** A small number is one word; any other safe integer is two, the first of which no small one feeds. */
export function feedInteger(d: Digest, n: number): void {
  if ((n | 0) === n && n >= -SMALL && n < SMALL) d.u32(n);
  else {
    assert(Number.isSafeInteger(n), "a digest takes safe integers");
    d.u32(SMALL + HIGH + Math.floor(n / TWO_32));
    d.u32(n);
  }
}

function feedWord(d: Digest, node: Node, word: string): void {
  const hash = node.hashes.get(word);
  assert(hash !== undefined, "the trace has no such word");
  d.u32(hash);
}

function feedIntegers(d: Digest, list: readonly number[]): void {
  d.u32(list.length);
  for (let i = 0; i < list.length; i++) feedInteger(d, list[i] as number);
}

function feedList(d: Digest, of: Node, list: readonly unknown[]): void {
  d.u32(list.length);
  for (let i = 0; i < list.length; i++) feed(d, of, list[i]);
}
