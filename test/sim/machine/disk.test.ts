import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DiskFullError } from "../../../src/base/disk.ts";
import { rootRandom } from "../../../src/base/random.ts";
import { NoSuchFileError } from "../../../src/sim/machine/disk.ts";
import { bytes, DiskWorld, filler, text } from "./disk-world.ts";

describe("commands", () => {
  test("take effect at once on an idle disk", () => {
    const { disk } = new DiskWorld();
    disk.create("wal/1");
    const buffer = bytes("hello");
    disk.append("wal/1", buffer);
    buffer.fill(0);
    disk.append("wal/1", bytes(" world"));
    expect(text(disk.read("wal/1"))).toBe("hello world");
    disk.truncate("wal/1", 5);
    expect(text(disk.read("wal/1"))).toBe("hello");
    disk.rename("wal/1", "wal/2");
    expect([disk.exists("wal/1"), disk.exists("wal/2")]).toEqual([false, true]);
    disk.create("snap/b");
    disk.create("snap/a");
    disk.create("snapper");
    expect(disk.list("snap")).toEqual(["snap/a", "snap/b"]);
    expect(disk.list("")).toEqual(["snap/a", "snap/b", "snapper", "wal/2"]);
    expect(disk.totalBytes).toBe(5);
    disk.create("wal/2");
    expect(disk.read("wal/2").length).toBe(0);
    disk.remove("wal/2");
    expect(disk.exists("wal/2")).toBe(false);
  });

  test("what was read does not change with the file", () => {
    const { disk } = new DiskWorld();
    disk.create("f");
    disk.append("f", bytes("abc"));
    const before = disk.read("f");
    disk.truncate("f", 0);
    disk.append("f", bytes("xyz"));
    expect(text(before)).toBe("abc");
  });

  test("wait for the sync before them, and then happen in their order", () => {
    const world = new DiskWorld();
    const { disk } = world;
    disk.create("a");
    disk.append("a", bytes("1"));
    const first = disk.sync("a");
    disk.append("a", bytes("2"));
    disk.rename("a", "b");
    disk.append("b", bytes("3"));
    const second = disk.sync("b");
    disk.create("a");
    disk.append("a", bytes("new"));
    disk.remove("b");
    const third = disk.syncDirectory("");
    expect(world.contents()).toEqual({ a: "1" });
    expect(world.settle(1).contents()).toEqual({ b: "123" });
    expect(text(disk.readDurable("a") ?? bytes("none"))).toBe("none");
    expect(world.settle(1).contents()).toEqual({ a: "new" });
    world.settle();
    expect(world.done).toEqual([first, second, third]);
    expect([first, second, third]).toEqual([1, 2, 3]);
    expect(disk.readDurable("b")).toBe(null);
    expect(disk.readDurable("a")).toEqual(new Uint8Array(0));
  });

  test("on files that will not exist are refused when they are given", () => {
    const world = new DiskWorld();
    const { disk } = world;
    expect(() => disk.append("a", bytes("x"))).toThrow(NoSuchFileError);
    expect(() => disk.read("a")).toThrow("no such file: a");
    disk.create("a");
    disk.sync("a");
    disk.rename("a", "b");
    for (const command of [
      () => disk.append("a", bytes("x")),
      () => disk.truncate("a", 0),
      () => disk.rename("a", "c"),
      () => disk.remove("a"),
      () => disk.sync("a"),
    ]) {
      expect(command).toThrow(NoSuchFileError);
    }
    disk.append("b", bytes("x"));
    world.settle();
    expect(world.contents()).toEqual({ b: "x" });
  });

  test("in any order do what they do on a simple disk without time", () => {
    const name = fc.constantFrom("d/a", "d/b", "d/c");
    const command = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant("create" as const), name }) },
      {
        weight: 10,
        arbitrary: fc.record({ do: fc.constant("append" as const), name, size: fc.nat(3000) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant("truncate" as const), name, size: fc.nat(100) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("rename" as const), name, to: name }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), name }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant("sync" as const), name }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant("settle" as const), n: fc.nat(2) }) },
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120, size: "max" }), (list) => {
        const world = new DiskWorld();
        const { disk } = world;
        const model = new Map<string, number[]>();
        for (const [salt, each] of list.entries()) {
          if (each.do === "settle") {
            world.settle(each.n);
            continue;
          }
          const content = model.get(each.name);
          if (each.do === "create") {
            disk.create(each.name);
            model.set(each.name, []);
          } else if (content === undefined) {
          } else if (each.do === "append") {
            disk.append(each.name, filler(each.size, salt));
            content.push(...filler(each.size, salt));
          } else if (each.do === "truncate") {
            const length = Math.min(each.size, content.length);
            disk.truncate(each.name, length);
            content.length = length;
          } else if (each.do === "rename") {
            disk.rename(each.name, each.to);
            model.delete(each.name);
            model.set(each.to, content);
          } else if (each.do === "remove") {
            disk.remove(each.name);
            model.delete(each.name);
          } else disk.sync(each.name);
        }
        world.settle();
        expect(disk.list("d")).toEqual([...model.keys()].sort());
        for (const [file, content] of model) {
          expect(Buffer.compare(disk.read(file), Uint8Array.from(content))).toBe(0);
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });
});

describe("syncs", () => {
  test("take the time that the options say, one after the other", () => {
    const world = new DiskWorld();
    const { disk } = world;
    disk.create("a");
    for (let i = 0; i < 500; i++) disk.sync("a");
    expect(disk.syncing).toBe(1);
    world.settle();
    expect(disk.syncing).toBe(0);
    const took = world.doneAt.map((at, i) => at - (world.doneAt[i - 1] ?? 0));
    expect(Math.min(...took)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...took)).toBeLessThanOrEqual(10_000);
    expect(Math.abs(took.reduce((a, b) => a + b) / 500 - 1000)).toBeLessThan(150);
  });

  test("become slow when the disk is made slow; a sync's luck depends on its token alone", () => {
    const times = (between: (world: DiskWorld) => void) => {
      const world = new DiskWorld();
      world.disk.create("a");
      world.disk.sync("a");
      world.settle();
      between(world);
      const start = world.clock.now;
      world.disk.sync("a");
      return world.settle().clock.now - start;
    };
    const plain = times(() => {});
    expect(times(({ disk }) => disk.append("a", filler(5000)))).toBe(plain);
    const slow = { syncMinUs: 50_000, syncMeanUs: 60_000, syncMaxUs: 70_000 };
    expect(times(({ disk }) => disk.setOptions(slow))).toBeGreaterThanOrEqual(50_000);
  });

  test("that a crash cut short are not mistaken for later ones", () => {
    const world = new DiskWorld();
    world.durable("a", bytes("old"));
    world.disk.append("a", bytes("+new"));
    const stale = world.disk.sync("a");
    world.crash("lose");
    expect(world.disk.syncing).toBe(0);
    world.disk.append("a", bytes("+newer"));
    const fresh = world.disk.sync("a");
    expect(fresh).toBeGreaterThan(stale);
    expect(world.disk.complete(stale)).toBe(false);
    expect(text(world.disk.readDurable("a") ?? bytes(""))).toBe("old");
    world.settle();
    expect(world.done.slice(2)).toEqual([fresh]);
    expect(text(world.disk.readDurable("a") ?? bytes(""))).toBe("old+newer");
  });

  test("can't be completed before their time", () => {
    const world = new DiskWorld();
    world.disk.create("a");
    const token = world.disk.sync("a");
    expect(() => world.disk.complete(token)).toThrow("takes its time");
  });
});

describe("other ills", () => {
  test("a full disk refuses to create and append, and loses nothing", () => {
    const world = new DiskWorld();
    world.durable("d/a", bytes("a"));
    world.disk.full = true;
    expect(() => world.disk.append("d/a", bytes("b"))).toThrow(DiskFullError);
    expect(() => world.disk.create("d/b")).toThrow("no space left on device: d/b");
    world.disk.sync("d/a");
    world.disk.remove("d/a");
    world.disk.full = false;
    expect(world.settle().contents()).toEqual({});
  });

  test("rot flips exactly so many durable bits of the newest matching file, and says where", () => {
    for (const bits of [1, 5]) {
      const world = new DiskWorld();
      world.durable("d/1.wal", filler(100));
      world.durable("d/2.wal", filler(100));
      world.durable("d/3.snap", filler(100));
      world.disk.append("d/2.wal", filler(1000));
      const before = world.disk.read("d/2.wal");
      const story = world.disk.bitRot(".wal", bits, rootRandom(3).fork("rot"));
      const after = world.disk.read("d/2.wal");
      const places: string[] = [];
      for (let i = 0; i < 8 * after.length; i++) {
        const flipped = ((after[i >> 3] ?? 0) ^ (before[i >> 3] ?? 0)) & (1 << (i & 7));
        if (flipped !== 0) places.push(`${i >> 3}.${i & 7}`);
      }
      expect(places.length).toBe(bits);
      expect(after.slice(100)).toEqual(before.slice(100));
      for (const place of places) expect(story).toContain(place);
      expect(story).toContain("of d/2.wal");
      expect(world.disk.read("d/1.wal")).toEqual(filler(100));
      expect(world.disk.read("d/3.snap")).toEqual(filler(100));
    }
  });

  test("rot finds nothing where nothing is durable, and all bits where few are", () => {
    const world = new DiskWorld();
    const random = rootRandom(1).fork("rot");
    world.disk.create("d/a.wal");
    world.disk.append("d/a.wal", bytes("x"));
    expect(world.disk.canRot(".wal")).toBe(false);
    expect(world.disk.durableFiles()).toEqual([]);
    world.durable("d/b.wal", bytes("\x0f"));
    expect(world.disk.durableFiles()).toEqual(["d/b.wal"]);
    world.disk.bitRot(".wal", 100, random);
    expect(text(world.disk.read("d/b.wal"))).toBe("\xf0");
  });

  test("a wiped disk is empty and forgets its syncs", () => {
    const world = new DiskWorld();
    world.durable("d/a", bytes("a"));
    const token = world.disk.sync("d/a");
    world.disk.append("d/a", bytes("b"));
    world.disk.wipe();
    expect([world.contents(), world.disk.totalBytes]).toEqual([{}, 0]);
    expect(world.disk.complete(token)).toBe(false);
    world.crash("keep");
    expect(world.contents()).toEqual({});
    world.disk.create("d/a");
    expect(world.disk.sync("d/a")).toBe(token + 1);
  });

  test("bytes that wait behind slow syncs for long are all kept in order", () => {
    const world = new DiskWorld();
    const { disk } = world;
    disk.create("a");
    const expected: number[] = [];
    for (let i = 0; i < 3000; i++) {
      const chunk = filler(1 + ((i * 37) % 300), i);
      disk.append("a", chunk);
      expected.push(...chunk);
      if (i % 3 === 0) disk.sync("a");
      if (i % 7 === 0) world.settle(2);
    }
    world.settle();
    expect(Buffer.compare(disk.read("a"), Uint8Array.from(expected))).toBe(0);
  });
});
