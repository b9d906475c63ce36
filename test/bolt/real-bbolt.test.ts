import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { binaryToBytes, bytesToBinary } from "../../src/base/bytes.ts";
import { BoltFile, checkFile } from "../../src/bolt/index.ts";
import { bucketAt, type Content, contentOf, fileOf, numbered, open } from "./support.ts";

/** Page sizes of the files that testdata/main.go wrote, and whether there is a free list. */
const FILES = [
  { pageSize: 1024, freelist: true },
  { pageSize: 4096, freelist: false },
];

function testFile(pageSize: number): Uint8Array {
  const path = join(import.meta.dirname, "testdata", `${pageSize}.db.gz`);
  return new Uint8Array(gunzipSync(readFileSync(path)));
}

/** As `fill` of testdata/main.go. */
function filled(from: number, to: number, size: number): Content {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  return Object.fromEntries(
    numbers.map((i) => [
      `k${String(i).padStart(5, "0")}`,
      String.fromCharCode(i % 256).repeat((i * size) % (4 * size + 1)),
    ]),
  );
}

const CONTENT: Content = {
  empty: {},
  few: filled(0, 5, 3),
  large: filled(1000, 2000, 4),
  nests: {
    inner: { ...filled(0, 200, 5), "k00100-innermost": filled(0, 2, 1) },
    ...filled(0, 3, 2),
  },
  overflows: filled(0, 16, 3000),
};

describe.each(FILES)("a file of bbolt with pages of $pageSize bytes", ({ pageSize, freelist }) => {
  const bytes = testFile(pageSize);

  test("is read as it was written, buckets in buckets and large values too", () => {
    const file = open(bytes);
    expect(file.meta.pageSize).toBe(pageSize);
    expect(contentOf(file.root)).toEqual(CONTENT);
    const keys = [...bucketAt(file, "nests", "inner").items()].map(({ key }) => bytesToBinary(key));
    expect(keys).toEqual([...keys].sort());
    expect(keys.length).toBe(201);
  });

  test("is found whole, its free pages included", () => {
    const file = open(bytes);
    const use = checkFile(file);
    expect(file.freePages() === null).toBe(!freelist);
    if (freelist) expect(file.freePages()?.length).toBe(use.free);
    expect(use.free).toBeGreaterThan(10);
    expect(use.used + use.free).toBe(file.meta.highWater);
    expect(use.buckets).toBe(7);
    expect(use.pairs).toBe(5 + 1000 + 3 + 200 + 2 + 16);
  });

  test("is as of the transaction before where its newest meta page is torn", () => {
    const file = open(bytes);
    const newest = Number(file.meta.transaction % 2n);
    for (const page of [0, 1]) {
      const torn = bytes.slice();
      torn[page * pageSize + 30] = (torn[page * pageSize + 30] as number) ^ 1;
      const left = open(torn);
      const expected = page === newest ? file.meta.transaction - 1n : file.meta.transaction;
      expect(left.meta.transaction).toBe(expected);
      expect(left.meta.pageSize).toBe(pageSize);
      expect(left.tornMeta).toBe(`page ${page}: its checksum is wrong`);
    }
  });
});

test("one key of a large file is found by a few pages, and nothing else is read", () => {
  const bytes = fileOf([numbered("key", 90_000, (i) => i % 100)]);
  let read = 0;
  const file = new BoltFile({
    size: bytes.length,
    read: (offset, length) => {
      read += length;
      return bytes.slice(offset, offset + length);
    },
  });
  const value = bucketAt(file, "key").get(binaryToBytes("77777"));
  expect(value?.length).toBe(77);
  expect(bytes.length).toBeGreaterThan(5_000_000);
  expect(read).toBeLessThan(10 * 4096);
});

const bbolt = spawnSync("bbolt", ["version"]).status === 0;

describe.skipIf(!bbolt)(`bbolt's check ${bbolt ? "" : "(skipped: no bbolt in PATH)"}`, () => {
  test.each([512, 1024, 4096, 16_384, 65_536])("accepts our file with pages of %i", (pageSize) => {
    const folder = mkdtempSync(join(tmpdir(), "detcd-bolt-"));
    try {
      const buckets = [
        numbered("empty", 0, () => 0),
        numbered("few", 3, (i) => i),
        numbered("large", 20_000, (i) => (i % 97 === 0 ? 5000 : i % 50)),
        numbered("single", 1, () => 2_000_000),
      ];
      const path = join(folder, "db");
      writeFileSync(path, fileOf(buckets, pageSize));
      const { stdout, stderr } = spawnSync("bbolt", ["check", path], { encoding: "utf8" });
      expect([stdout.trim(), stderr]).toEqual(["OK", ""]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
