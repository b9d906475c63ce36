import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CrashMode } from "../../../src/sim/fault.ts";
import { NoSuchFileError } from "../../../src/sim/machine/disk.ts";
import { bytes, DiskWorld, filler, text } from "./disk-world.ts";

const MODES: readonly CrashMode[] = [
  ...["lose", "keep", "prefix", "tear", "rewind", "forget", "scatter", "random"],
] as CrashMode[];

describe("a crash", () => {
  test.each(MODES)("leaves alone what was synced (%s)", (mode) => {
    for (let seed = 0; seed < 20; seed++) {
      const world = new DiskWorld();
      world.durable("d/a", filler(2000));
      world.durable("d/b", bytes("b"));
      world.disk.append("d/a", filler(1500, 9));
      const { lostBytes } = world.crash(mode, seed);
      expect(lostBytes).toBeLessThanOrEqual(1500);
      expect(world.disk.list("d")).toEqual(["d/a", "d/b"]);
      expect(world.disk.read("d/a").slice(0, 2000)).toEqual(filler(2000));
      expect(text(world.disk.read("d/b"))).toBe("b");
      expect(world.disk.readDurable("d/a")).toEqual(world.disk.read("d/a"));
    }
  });

  test("that loses takes every unsynced byte, and says how many of what", () => {
    const world = new DiskWorld();
    world.durable("d/a", bytes("safe"));
    world.disk.append("d/a", bytes("12345"));
    expect(world.crash("lose")).toEqual({
      lostBytes: 5,
      text: "d/a: 5 of 5 unsynced bytes lost",
    });
    expect(world.contents()).toEqual({ "d/a": "safe" });
    expect(world.crash("lose")).toEqual({ lostBytes: 0, text: "nothing was unsynced" });
  });

  test("that keeps takes none", () => {
    const world = new DiskWorld();
    world.durable("d/a", bytes("safe"));
    world.disk.append("d/a", bytes("12345"));
    world.disk.create("d/b");
    expect(world.crash("keep").lostBytes).toBe(0);
    expect(world.contents()).toEqual({ "d/a": "safe12345", "d/b": "" });
  });

  test("during a sync may lose what the sync was about, and drops what waited behind it", () => {
    for (const mode of ["lose", "keep"] as const) {
      const world = new DiskWorld();
      world.durable("d/a", bytes("safe"));
      world.disk.append("d/a", bytes("+syncing"));
      world.disk.sync("d/a");
      world.disk.append("d/a", bytes("+waiting"));
      world.disk.create("d/waiting");
      const { lostBytes, text: story } = world.crash(mode);
      expect(lostBytes).toBe(mode === "lose" ? 16 : 8);
      expect(story).toContain("8 bytes were still waiting to be written");
      expect(world.contents()).toEqual({ "d/a": mode === "lose" ? "safe" : "safe+syncing" });
      // The queue is gone, not delayed: new commands are carried out at once.
      world.disk.append("d/a", bytes("!"));
      expect(() => world.disk.append("d/waiting", bytes("!"))).toThrow(NoSuchFileError);
      world.disk.sync("d/a");
      const left = mode === "lose" ? "safe!" : "safe+syncing!";
      expect(world.settle().contents()).toEqual({ "d/a": left });
    }
  });

  test("with `prefix` leaves a prefix, of any length", () => {
    const lengths = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const world = new DiskWorld();
      world.durable("d/a", bytes("safe"));
      world.disk.append("d/a", bytes("123456789"));
      const { lostBytes } = world.crash("prefix", seed);
      const left = text(world.disk.read("d/a"));
      expect("safe123456789".startsWith(left)).toBe(true);
      expect(lostBytes).toBe(13 - left.length);
      lengths.add(left.length);
    }
    expect([...lengths].sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  test("with `tear` zeroes whole sectors, at least one, in the unsynced range alone", () => {
    fc.assert(
      fc.property(
        fc.nat(1500),
        fc.integer({ min: 1, max: 4000 }),
        fc.nat(),
        (synced, more, seed) => {
          const world = new DiskWorld();
          world.durable("d/a", filler(synced));
          world.disk.append("d/a", filler(more, 3));
          const before = world.disk.read("d/a");
          const { lostBytes } = world.crash("tear", seed);
          const after = world.disk.read("d/a");
          expect(after.length).toBe(before.length);
          expect(after.slice(0, synced)).toEqual(before.slice(0, synced));
          let zeroed = 0;
          for (let start = synced; start < after.length; ) {
            const end = Math.min(after.length, 512 * (Math.floor(start / 512) + 1));
            const sector = after.slice(start, end);
            const torn = sector.every((byte) => byte === 0);
            if (torn) zeroed += sector.length;
            else expect(sector).toEqual(before.slice(start, end));
            start = end;
          }
          expect(zeroed).toBeGreaterThan(0);
          expect(lostBytes).toBe(zeroed);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  test("with `tear` now and then leaves a sector behind a torn one", () => {
    let behind = 0;
    for (let seed = 0; seed < 50; seed++) {
      const world = new DiskWorld();
      world.durable("d/a", filler(512));
      world.disk.append("d/a", filler(1024));
      world.crash("tear", seed);
      const after = world.disk.read("d/a");
      if (after[512] === 0 && after[1024] !== 0) behind++;
    }
    expect(behind).toBeGreaterThan(5);
    expect(behind).toBeLessThan(45);
  });

  test("with `random` does each of the others at times, and is told which by the stream", () => {
    const stories = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const outcome = () => {
        const world = new DiskWorld();
        world.durable("d/a", bytes("safe"));
        world.disk.append("d/a", filler(2000));
        world.disk.create("d/b");
        return [world.crash("random", seed), world.contents()] as const;
      };
      expect(outcome()).toEqual(outcome());
      const [{ lostBytes, text: story }, left] = outcome();
      if (story.includes("torn")) stories.add("tear");
      else if (lostBytes === 2000) stories.add("lose");
      else if (lostBytes === 0 && "d/b" in left) stories.add("keep");
      else stories.add("prefix");
    }
    expect([...stories].sort()).toEqual(["keep", "lose", "prefix", "tear"]);
  });
});

describe("names", () => {
  test("of new files are lost with their synced bytes unless the directory was synced", () => {
    const world = new DiskWorld();
    world.disk.create("d/a");
    world.disk.append("d/a", bytes("synced"));
    world.disk.sync("d/a");
    world.settle();
    expect(world.disk.readDurable("d/a")).toBe(null);
    const { lostBytes, text: story } = world.crash("lose");
    expect(story).toBe("creation of d/a undone");
    expect(lostBytes).toBe(6);
    expect(world.contents()).toEqual({});
    world.disk.create("d/a");
    expect(world.contents()).toEqual({ "d/a": "" });
  });

  test("without syncDirectory a rename can be rolled back, with it not", () => {
    for (const synced of [false, true]) {
      const world = new DiskWorld();
      world.durable("d/old", bytes("old"));
      world.durable("d/tmp", bytes("new"));
      world.disk.rename("d/tmp", "d/old");
      if (synced) world.disk.syncDirectory("d");
      world.settle();
      expect(world.contents()).toEqual({ "d/old": "new" });
      const { text: story } = world.crash("lose");
      if (!synced) expect(story).toBe("rename of d/tmp to d/old undone");
      expect(world.contents()).toEqual(
        synced ? { "d/old": "new" } : { "d/old": "old", "d/tmp": "new" },
      );
    }
  });

  test("that were removed come back unless the directory was synced", () => {
    for (const synced of [false, true]) {
      const world = new DiskWorld();
      world.durable("d/a", bytes("a"));
      world.disk.remove("d/a");
      if (synced) world.disk.syncDirectory("d");
      world.settle();
      world.crash("lose");
      expect(world.contents()).toEqual(synced ? {} : { "d/a": "a" });
    }
  });

  test("a sync of one directory does not vouch for another", () => {
    const world = new DiskWorld();
    world.disk.create("a/1");
    world.disk.create("b/1");
    world.disk.create("b/c/1");
    world.disk.syncDirectory("b");
    world.settle();
    world.crash("lose");
    expect(world.disk.list("")).toEqual(["b/1"]);
  });

  test("that wait for their directory's sync are not lost by that of another", () => {
    const world = new DiskWorld();
    world.disk.create("a/1");
    world.disk.create("b/1");
    world.disk.syncDirectory("b");
    world.settle();
    world.crash("keep");
    expect(world.disk.list("")).toEqual(["a/1", "b/1"]);
  });

  test("a rename across directories takes its past along, whichever of them is synced", () => {
    for (const directory of ["a", "b"]) {
      const world = new DiskWorld();
      world.disk.create("a/1");
      world.disk.create("a/2");
      world.disk.rename("a/1", "b/1");
      world.disk.syncDirectory(directory);
      world.settle();
      world.crash("lose");
      expect(world.disk.list("")).toEqual(directory === "a" ? ["a/2", "b/1"] : ["b/1"]);
      world.disk.create("a/3");
      world.disk.rename("a/3", "b/3");
      world.disk.rename("b/3", "c/3");
      world.disk.syncDirectory("c");
      world.settle();
      // Were the creation still pending, it would bring a/3 back.
      world.crash("keep");
      expect(world.disk.list("")).not.toContain("a/3");
      expect(world.disk.list("")).not.toContain("b/3");
      expect(world.disk.list("")).toContain("c/3");
    }
  });

  test.each(["prefix", "tear", "rewind"] as const)(
    "unsynced changes survive as a prefix (%s)",
    (mode) => {
      const seen = new Set<string>();
      for (let seed = 0; seed < 100; seed++) {
        const world = new DiskWorld();
        world.durable("d/0", bytes("0"));
        world.disk.create("d/1");
        world.disk.rename("d/1", "d/2");
        world.disk.remove("d/0");
        world.crash(mode, seed);
        seen.add(world.disk.list("").join(" "));
      }
      expect([...seen].sort()).toEqual(["d/0", "d/0 d/1", "d/0 d/2", "d/2"]);
    },
  );

  test.each(["forget", "scatter"] as const)(
    "unsynced changes survive each by itself (%s)",
    (mode) => {
      const seen = new Set<string>();
      for (let seed = 0; seed < 200; seed++) {
        const world = new DiskWorld();
        world.durable("d/0", bytes("0"));
        world.disk.create("d/1");
        world.disk.rename("d/1", "d/2");
        world.disk.create("d/3");
        world.disk.remove("d/0");
        world.crash(mode, seed);
        seen.add(world.disk.list("").join(" "));
      }
      // The new name stands by itself; the file has never two of them.
      expect([...seen].sort()).toEqual(
        ["", "d/1", "d/2", "d/3", "d/1 d/3", "d/2 d/3"]
          .flatMap((rest) => [rest, rest === "" ? "d/0" : `d/0 ${rest}`])
          .sort(),
      );
    },
  );

  test.each(["forget", "rewind"] as const)("are lost without any byte (%s)", (mode) => {
    for (let seed = 0; seed < 20; seed++) {
      const world = new DiskWorld();
      world.durable("d/a", bytes("safe"));
      world.disk.append("d/a", bytes("+more"));
      world.disk.create("d/b");
      world.crash(mode, seed);
      expect(text(world.disk.read("d/a"))).toBe("safe+more");
    }
  });
});

test("with `scatter` each sector of each file is there or not, and a file may end early", () => {
  const seen = new Set<string>();
  const letter = (at: number, sector: Uint8Array) =>
    sector.length === 0 ? "" : sector[0] === 0 ? "." : String(at);
  for (let seed = 0; seed < 300; seed++) {
    const world = new DiskWorld();
    world.durable("d/a", filler(512, 1));
    world.durable("d/b", filler(512, 1));
    for (const file of ["d/a", "d/b"]) world.disk.append(file, bytes("x".repeat(1024)));
    world.crash("scatter", seed);
    const shape = (file: string) => {
      const left = world.disk.read(file);
      return [1, 2].map((at) => letter(at, left.slice(512 * at, 512 * (at + 1)))).join("");
    };
    seen.add(`${shape("d/a")}|${shape("d/b")}`);
  }
  const shapes = ["", "1", "12", "1.", ".2", ".."];
  expect([...seen].sort()).toEqual(shapes.flatMap((a) => shapes.map((b) => `${a}|${b}`)).sort());
});

describe("a truncation of durable bytes", () => {
  test("that was not synced is undone by `lose`, done by `keep`, either by the others", () => {
    const left = (mode: CrashMode, seed: number) => {
      const world = new DiskWorld();
      world.durable("d/a", bytes("0123456789"));
      world.disk.truncate("d/a", 6);
      world.disk.append("d/a", bytes("xy"));
      world.disk.truncate("d/a", 3);
      world.disk.append("d/a", bytes("z"));
      expect(text(world.disk.read("d/a"))).toBe("012z");
      expect(text(world.disk.readDurable("d/a") ?? bytes(""))).toBe("0123456789");
      world.crash(mode, seed);
      return text(world.disk.read("d/a"));
    };
    expect(left("lose", 1)).toBe("0123456789");
    expect(left("keep", 1)).toBe("012z");
    const prefixes = new Set(Array.from({ length: 50 }, (_, seed) => left("prefix", seed)));
    expect([...prefixes].sort()).toEqual(["012", "0123456789", "012z"]);
  });

  test("that was synced stays", () => {
    const world = new DiskWorld();
    world.durable("d/a", bytes("0123456789"));
    world.disk.truncate("d/a", 6);
    world.disk.append("d/a", bytes("xy"));
    world.disk.sync("d/a");
    world.settle();
    world.crash("lose");
    expect(world.contents()).toEqual({ "d/a": "012345xy" });
  });

  test("by creating the file again is a truncation to nothing", () => {
    const world = new DiskWorld();
    world.durable("d/a", bytes("old"));
    world.disk.create("d/a");
    world.disk.append("d/a", bytes("n"));
    world.crash("lose");
    expect(world.contents()).toEqual({ "d/a": "old" });
  });

  test("cuts, and does not extend", () => {
    const world = new DiskWorld();
    world.durable("d/a", bytes("old"));
    expect(() => world.disk.truncate("d/a", 4)).toThrow("does not extend");
  });
});
