import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binaryToBytes } from "../../src/base/bytes.ts";
import { BoltError, type BoltFile, type Bucket, checkFile } from "../../src/bolt/index.ts";
import { timeLimitMs } from "../support/time-limit.ts";
import { bucketAt, bucketOf, contentOf, fileOf, numbered, open } from "./support.ts";

const { DETCD_FUZZ_RUNS = "0", DETCD_SEED = "0" } = process.env;
const RUNS = Math.max(1500, Number(DETCD_FUZZ_RUNS));

const PAGE = 512;
const HEADER = 16;

const BUCKETS = [
  bucketOf("inline", { a: "1", b: "2" }),
  numbered("large", 400, (i) => (i % 60 === 0 ? 1200 : i % 40)),
  numbered("small", 30, () => 30),
];
/** Two levels of branches in `large`; small pages, so that what is changed matters. */
const GOOD = fileOf(BUCKETS, PAGE);

/** Reads all there is, in each way there is. Returns how many items it came to. */
function readAll(bytes: Uint8Array): number {
  const file = open(bytes);
  let items = 0;
  const each = (bucket: Bucket) => {
    for (const item of bucket.items()) {
      items++;
      if (item.bucket === null) bucket.get(item.key);
    }
  };
  for (const { bucket } of file.root.items()) if (bucket !== null) each(bucket);
  bucketAt(file, "large").get(binaryToBytes("00200"));
  checkFile(file);
  return items;
}

/** Whether the file is read, or refused as it should be: null, or the refusal. */
function refusal(bytes: Uint8Array): BoltError | null {
  try {
    // An element takes sixteen bytes in its page, and every walk comes to a page once.
    expect(readAll(bytes)).toBeLessThan((3 * bytes.length) / 16);
    return null;
  } catch (error) {
    if (error instanceof BoltError) return error;
    // Only a flipped name leads here.
    if (error instanceof Error && error.message.startsWith("there is no bucket")) return null;
    throw error;
  }
}

describe("any damage to a file leaves one that is read, or a BoltError", () => {
  const at = fc.nat(GOOD.length - 1);
  const byte = fc.oneof(
    fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff),
    fc.integer({ max: 255, min: 0 }),
  );
  /** Headers and elements are where it hurts. */
  const inHeader = fc
    .tuple(fc.nat(GOOD.length / PAGE - 1), fc.nat(63))
    .map(([page, offset]) => page * PAGE + offset);
  const seed = 1512 + Number(DETCD_SEED);

  test(
    "bytes that were changed",
    () => {
      let refused = 0;
      const change = fc.tuple(fc.oneof(at, inHeader), byte);
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const bytes = GOOD.slice();
          for (const [offset, value] of changes) bytes[offset] = value;
          if (refusal(bytes) !== null) refused++;
        }),
        { seed, numRuns: RUNS },
      );
      expect(refused).toBeGreaterThan(RUNS / 5);
    },
    timeLimitMs(RUNS),
  );

  test(
    "pages that were exchanged, copied or emptied",
    () => {
      const pages = GOOD.length / PAGE;
      fc.assert(
        fc.property(fc.nat(pages - 1), fc.nat(pages), fc.boolean(), (from, to, keepsId) => {
          const bytes = GOOD.slice();
          const source =
            to === pages ? new Uint8Array(PAGE) : GOOD.subarray(to * PAGE, (to + 1) * PAGE);
          bytes.set(source, from * PAGE);
          if (keepsId) new DataView(bytes.buffer).setBigUint64(from * PAGE, BigInt(from), true);
          refusal(bytes);
        }),
        { seed, numRuns: RUNS },
      );
    },
    timeLimitMs(RUNS),
  );

  test("a file that ends anywhere", () => {
    fc.assert(
      fc.property(at, (length) => {
        expect(refusal(GOOD.slice(0, length))).toBeInstanceOf(BoltError);
      }),
      { seed, numRuns: RUNS },
    );
    expect(refusal(new Uint8Array(0))?.message).toBe(
      "there is no whole meta page: the file is of 0 bytes",
    );
  });

  test("bytes of no file at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        expect(refusal(bytes)).toBeInstanceOf(BoltError);
      }),
      { seed, numRuns: 300 },
    );
  });
});

/** A file to do damage to by hand. */
class Damaged {
  readonly bytes = GOOD.slice();
  readonly file: BoltFile = open(GOOD);
  private readonly view = new DataView(this.bytes.buffer);

  /** The first page of a bucket. */
  rootOf(...names: string[]): number {
    const { root } = bucketAt(this.file, ...names);
    if (!("page" in root)) throw new Error("it is inline");
    return root.page;
  }

  child(page: number, i: number): number {
    return this.file.page(page).child(i);
  }

  setChild(page: number, i: number, child: number): void {
    this.view.setBigUint64(page * PAGE + HEADER + 16 * i + 8, BigInt(child), true);
  }

  setId(page: number, id: number): void {
    this.view.setBigUint64(page * PAGE, BigInt(id), true);
  }

  setFlags(page: number, flags: number): void {
    this.view.setUint16(page * PAGE + 8, flags, true);
  }

  setCount(page: number, count: number): void {
    this.view.setUint16(page * PAGE + 10, count, true);
  }

  setOverflow(page: number, overflow: number): void {
    this.view.setUint32(page * PAGE + 12, overflow, true);
  }

  /** What the list of free pages says. */
  setFree(ids: readonly number[]): void {
    const page = this.file.meta.freelist as number;
    this.setCount(page, ids.length);
    ids.forEach((id, i) => {
      this.view.setBigUint64(page * PAGE + HEADER + 8 * i, BigInt(id), true);
    });
  }

  /** An element's key, to be changed. */
  leafKey(page: number, i: number): Uint8Array {
    return this.key(page, i, 4);
  }

  branchKey(page: number, i: number): Uint8Array {
    return this.key(page, i, 0);
  }

  private key(page: number, i: number, field: number): Uint8Array {
    const element = page * PAGE + HEADER + 16 * i;
    const from = element + this.view.getUint32(element + field, true);
    return this.bytes.subarray(from, from + this.view.getUint32(element + field + 4, true));
  }

  /** Of a leaf's element. */
  setPosition(page: number, i: number, position: number): void {
    this.view.setUint32(page * PAGE + HEADER + 16 * i + 4, position, true);
  }

  /** Where the header of a bucket that has pages of its own lies in the root's page. */
  setRootOf(name: string, page: number): void {
    const { root } = this.file.meta;
    const leaf = this.file.page(root);
    for (let i = 0; i < leaf.count; i++) {
      if (String.fromCharCode(...leaf.key(i)) !== name) continue;
      const { byteOffset } = leaf.value(i);
      this.view.setBigUint64(byteOffset, BigInt(page), true);
    }
  }

  get problem(): string {
    return refusal(this.bytes)?.message ?? "nothing";
  }
}

describe("a planted fault is told with its page", () => {
  const damaged = () => {
    const file = new Damaged();
    const large = file.rootOf("large");
    return { file, large, branch: file.child(large, 0), leaf: file.child(file.child(large, 0), 1) };
  };

  test("a file without any is read", () => {
    expect(damaged().file.problem).toBe("nothing");
  });

  test("a branch that leads back to the one above", () => {
    const { file, large, branch } = damaged();
    file.setChild(branch, 1, large);
    expect(file.problem).toBe(`page ${large}: it is below itself: pages lie in a circle`);
  });

  test("a branch that leads to itself", () => {
    const { file, branch } = damaged();
    file.setChild(branch, 0, branch);
    expect(file.problem).toBe(`page ${branch}: it is below itself: pages lie in a circle`);
  });

  test("a bucket that begins with the page that it is in", () => {
    const { file } = damaged();
    const { root } = file.file.meta;
    file.setRootOf("large", root);
    expect(file.problem).toBe(`page ${root}: it is below itself: pages lie in a circle`);
  });

  test("a page that two branches lead to", () => {
    const { file, branch, leaf } = damaged();
    file.setChild(branch, 2, leaf);
    expect(file.problem).toBe(`page ${leaf}: the key of element 0 is not above the one before it`);
  });

  test("two buckets with the same pages", () => {
    const { file, large } = damaged();
    file.setRootOf("small", large);
    expect(file.problem).toBe(`page ${large}: it belongs to two`);
  });

  test("a page that the list of free ones names besides, and such a list that is none", () => {
    const listing = (...free: number[]) => {
      const { file, leaf } = damaged();
      file.setFree(free.map((id) => (id < 0 ? leaf : id)));
      return [file.problem, leaf] as const;
    };
    const [problem, leaf] = listing(-1);
    expect(problem).toBe(`page ${leaf}: it is free, and used`);
    const { highWater, freelist } = open(GOOD).meta;
    for (const [i, ...free] of [
      [0, 1],
      [0, highWater],
      [1, 5, 5],
      [1, 6, 5],
    ] as const) {
      expect(listing(...free)[0]).toBe(
        `page ${freelist}: free page ${i} of its list, ${free[i]}, does not ascend, or is none`,
      );
    }
  });

  test("a key that the branch above says is elsewhere", () => {
    const below = damaged();
    // "0000…" becomes "0000…9", which the leaf's first key is below.
    below.file.branchKey(below.branch, 1).fill(0x39, 4);
    expect(below.file.problem).toBe(
      `page ${below.leaf}: the key of element 0 is below all that the page above says is here`,
    );
    const above = damaged();
    const last = above.file.file.page(above.leaf).count - 1;
    above.file.leafKey(above.leaf, last).fill(0x39);
    expect(above.file.problem).toBe(
      `page ${above.leaf}: the key of element ${last} is above all that the page above says is here`,
    );
    const unsorted = damaged();
    unsorted.file.branchKey(unsorted.branch, 2).fill(0x30);
    expect(unsorted.file.problem).toBe(
      `page ${unsorted.branch}: keys of its elements do not ascend at element 1`,
    );
  });

  test("a page that nothing leads to", () => {
    const { file, large } = damaged();
    const last = file.file.page(large).count - 1;
    const lost = file.child(large, last);
    file.setCount(large, last);
    expect(file.problem).toMatch(/^page \d+: it is neither free nor used$/);
    expect(lost).toBeGreaterThan(2);
  });

  test("a child that is no page, or one before the first", () => {
    const { file, branch } = damaged();
    const pages = file.file.meta.highWater;
    const behind = (child: number) => {
      file.setChild(branch, 1, child);
      return file.problem;
    };
    for (const child of [0, 1, pages, 2 ** 52]) {
      expect(behind(child)).toBe(
        `page ${child}: there is no such page: there are 2 to ${pages - 1}`,
      );
    }
  });

  test("a page that says it is another, is of no tree, or has too many elements", () => {
    for (const [harm, problem] of [
      [(file: Damaged, leaf: number) => file.setId(leaf, 77), "it says that it is page 77"],
      [
        (file: Damaged, leaf: number) => file.setFlags(leaf, 0x10),
        "it is neither branch nor leaf (flags 0x10)",
      ],
      [
        (file: Damaged, leaf: number) => file.setCount(leaf, 0xffff),
        "it is too short for the 65535 elements that it says it has",
      ],
      [
        (file: Damaged, leaf: number) => file.setCount(leaf, 0),
        "it is empty, and not the root of a bucket",
      ],
      [
        (file: Damaged, leaf: number) => file.setOverflow(leaf, 0xffff_ffff),
        "it overflows behind the last page",
      ],
      [
        (file: Damaged, leaf: number) => file.setPosition(leaf, 1, 5000),
        "element 1 ends behind the page",
      ],
    ] as const) {
      const { file, leaf } = damaged();
      harm(file, leaf);
      expect(file.problem).toBe(`page ${leaf}: ${problem}`);
    }
  });

  test("a root that is a branch without children", () => {
    const { file, large } = damaged();
    file.setCount(large, 0);
    expect(file.problem).toBe(`page ${large}: it is a branch without children`);
  });

  test("pages that all claim to overflow to the end are not read over and over", () => {
    const { file } = damaged();
    const { highWater } = file.file.meta;
    for (let id = 3; id < highWater; id++) file.setOverflow(id, highWater - id - 1);
    expect(file.problem).toMatch(/it overlaps others$|it belongs to two$/);
    const { root } = bucketAt(file.file, "large");
    expect("page" in root).toBe(true);
    const large = bucketAt(open(file.bytes), "large");
    expect(() => [...large.items()]).toThrow(/it overlaps others/);
  });

  test("what both meta pages have lost", () => {
    const { file } = damaged();
    file.bytes[20] = 9;
    file.bytes[PAGE + 20] = 9;
    expect(file.problem).toBe(
      "there is no whole meta page: it is of version 9 of bbolt's format, not 2",
    );
  });

  test("and what is whole beside it is still read", () => {
    const { file, leaf } = damaged();
    file.setFlags(leaf, 0);
    const small = bucketAt(open(file.bytes), "small");
    expect(Object.keys(contentOf(small)).length).toBe(30);
  });
});
