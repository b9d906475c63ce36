import fc from "fast-check";

/** Ways in which files are damaged: by hands, tools and disks. Each is data, so that fast-check can shrink it. */

/** Values of other types, and numbers that nobody expects, as YAML and JSON hold them. */
const STRANGE: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    "",
    "x",
    "leader",
    "m1",
    "m9",
    "m99",
    "5s",
    "0s",
    "-1s",
    "1us",
    "99999999m",
  ],
  ...[0, 1, -1, 1.5, 7, 65_536, 4_294_967_296, 9_007_199_254_740_991, 1e300, -1e300],
  ...["9007199254740993", "18446744073709551615", "1000000MiB", "0B", "100%", "1ppm", "\u001b[2J"],
  ...["\u0000", "💥", "a".repeat(3000), "*", "k%d", "..", "__proto__", "constructor", "<<"],
  ...[[], {}, [[]], [null], ["m1", "m1"], { x: 1 }, { m1: 1 }, { __proto__: null, key: "a" }],
];

/** A place is the n-th of all there are, modulo their number. */
const place = fc.nat(1_000_000);

export const treeChange = fc.oneof(
  fc.record({ kind: fc.constant("drop" as const), at: place }),
  fc.record({ kind: fc.constant("double" as const), at: place }),
  fc.record({
    kind: fc.constant("strange" as const),
    at: place,
    value: fc.constantFrom(...STRANGE),
  }),
  fc.record({ kind: fc.constant("swap" as const), at: place, from: place }),
  fc.record({ kind: fc.constant("rename" as const), at: place, from: place }),
  fc.record({
    kind: fc.constant("number" as const),
    at: place,
    by: fc.constantFrom(-1, 1, 10, -1000, 1e6, 1e12),
  }),
);
export type TreeChange = typeof treeChange extends fc.Arbitrary<infer T> ? T : never;

type Node = Record<string, unknown> | unknown[];
interface Spot {
  readonly parent: Node;
  readonly key: string;
}

/** Plain data with one change in it; it is changed where it stands. */
export function changeTree(root: Node, change: TreeChange): void {
  const spots: Spot[] = [];
  spotsOf(root, spots);
  const spot = spots[change.at % Math.max(1, spots.length)];
  if (spot === undefined) return;
  const { parent, key } = spot;
  const other = "from" in change ? spots[change.from % spots.length] : undefined;
  switch (change.kind) {
    case "drop":
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    case "double":
      if (Array.isArray(parent))
        parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
      else set(parent, `${key}2`, structuredClone(parent[key]));
      return;
    case "strange":
      set(parent, key, structuredClone(change.value));
      return;
    case "swap":
      set(parent, key, structuredClone(get(other ?? spot)));
      return;
    case "rename":
      if (Array.isArray(parent) || other === undefined) return;
      set(parent, other.key, parent[key]);
      delete parent[key];
      return;
    case "number": {
      const value = get(spot);
      if (typeof value === "number") set(parent, key, value + change.by);
      if (typeof value === "string") {
        set(
          parent,
          key,
          value.replace(/[0-9]+/, (digits) => `${Number(digits) + change.by}`),
        );
      }
    }
  }
}

function spotsOf(node: unknown, spots: Spot[]): void {
  if (typeof node !== "object" || node === null) return;
  for (const key of Object.keys(node)) {
    spots.push({ parent: node as Node, key });
    spotsOf((node as Record<string, unknown>)[key], spots);
  }
}

function get({ parent, key }: Spot): unknown {
  return (parent as Record<string, unknown>)[key];
}

function set(parent: Node, key: string, value: unknown): void {
  Object.defineProperty(parent, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

export const bytesChange = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: place, bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant("cut" as const),
    at: place,
    count: fc.constantFrom(1, 2, 8, 100, 5000),
  }),
  fc.record({ kind: fc.constant("end" as const), at: place }),
  fc.record({
    kind: fc.constant("copy" as const),
    at: place,
    from: place,
    count: fc.constantFrom(1, 8, 64, 1000),
  }),
  fc.record({
    kind: fc.constant("fill" as const),
    at: place,
    count: fc.constantFrom(1, 8, 512),
    byte: fc.constantFrom(0, 0xff, 0x5b, 0x0a),
  }),
);
export type BytesChange = typeof bytesChange extends fc.Arbitrary<infer T> ? T : never;

/** Bytes with one change in them. `other`: where spliced pieces come from. */
export function changeBytes(bytes: Uint8Array, change: BytesChange, other = bytes): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = change.at % bytes.length;
  switch (change.kind) {
    case "flip": {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ (1 << change.bit);
      return changed;
    }
    case "cut":
      return joined(bytes.subarray(0, at), bytes.subarray(at + change.count));
    case "end":
      return bytes.slice(0, at);
    case "copy": {
      const from = change.from % Math.max(1, other.length);
      const piece = other.subarray(from, from + change.count);
      return joined(bytes.subarray(0, at), piece, bytes.subarray(at));
    }
    case "fill":
      return bytes.slice().fill(change.byte, at, at + change.count);
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** The words and lines of a text, changed: what an editor does. */
export const textChange = fc.oneof(
  fc.record({ kind: fc.constant("drop line" as const), at: place }),
  fc.record({ kind: fc.constant("double line" as const), at: place }),
  fc.record({ kind: fc.constant("move line" as const), at: place, from: place }),
  fc.record({ kind: fc.constant("swap word" as const), at: place, from: place }),
  fc.record({
    kind: fc.constant("strange word" as const),
    at: place,
    value: fc.constantFrom(...STRANGE),
  }),
);
export type TextChange = typeof textChange extends fc.Arbitrary<infer T> ? T : never;

const WORD = /[A-Za-z0-9_.-]+/g;

/** @param other where lines come from, besides */
export function changeText(text: string, change: TextChange, other = text): string {
  if (change.kind === "swap word" || change.kind === "strange word") {
    const words = [...text.matchAll(WORD)];
    const word = words[change.at % Math.max(1, words.length)];
    if (word === undefined) return text;
    const by =
      change.kind === "strange word"
        ? (JSON.stringify(change.value) ?? "")
        : (words[change.from % words.length]?.[0] ?? "");
    return text.slice(0, word.index) + by + text.slice(word.index + word[0].length);
  }
  const lines = text.split("\n");
  const at = change.at % lines.length;
  const line = lines[at] as string;
  if (change.kind === "drop line") lines.splice(at, 1);
  else if (change.kind === "double line") lines.splice(at, 0, line);
  else {
    const others = other.split("\n");
    lines.splice(at, 0, others[change.from % others.length] as string);
  }
  return lines.join("\n");
}
