import { describe, expect, it } from "vitest";
import { createWal, openWal, WalError, walExists } from "../../src/wal/index.ts";
import { CrashSignal, MemoryDisk } from "../support/memory-disk.ts";
import { DIR, METADATA, NOTHING, ORIGIN, options, SAVES, type Said, saidDuring } from "./sample.ts";

/** All that the log of the sample life can say, record by record; the first is that of a new log. */
const STORY: readonly Said[] = (() => {
  const story = [NOTHING];
  for (const save of SAVES) story.push(...saidDuring(story.at(-1) as Said, save));
  return story;
})();

interface Crash {
  readonly disk: MemoryDisk;
  /** The place in the story up to which the log promised to keep it; -1: not even a log. */
  readonly promised: number;
}

/** Lives the sample life until `commands` commands were carried out. */
function liveUntil(commands: number, segmentBytes: number, ...bugs: string[]): Crash | null {
  const disk = new MemoryDisk();
  disk.commandsLeft = commands;
  let promised = -1;
  let said = 0;
  try {
    const wal = createWal(disk, DIR, METADATA, options(segmentBytes, ...bugs));
    promised = 0;
    for (const save of SAVES) {
      said += save.entries.length + (save.state === null ? 0 : 1);
      if (wal.save(save.state, save.entries, save.mustSync) !== 0) promised = said;
    }
  } catch (error) {
    if (!(error instanceof CrashSignal)) throw error;
    return { disk, promised };
  }
  return null;
}

interface Tally {
  states: number;
  lost: number;
  refused: number;
}

/** Opens the log after every crash there can be, and judges what it says. */
function everyCrash(segmentBytes: number, ...bugs: string[]): Tally {
  const tally: Tally = { states: 0, lost: 0, refused: 0 };
  for (let commands = 0; ; commands++) {
    const crash = liveUntil(commands, segmentBytes, ...bugs);
    if (crash === null) return tally;
    crash.disk.commandsLeft = Number.POSITIVE_INFINITY;
    for (const { disk, label } of crash.disk.crashStates()) {
      tally.states++;
      judge(disk, crash.promised, bugs, tally, `${commands} commands, ${label}`);
    }
  }
}

function judge(
  disk: MemoryDisk,
  promised: number,
  bugs: readonly string[],
  tally: Tally,
  label: string,
): void {
  if (!walExists(disk, DIR)) {
    if (promised >= 0) tally.lost++;
    return;
  }
  const open = () => openWal(disk, DIR, ORIGIN, options(1e6, ...bugs));
  try {
    const { hardState, entries, wal } = open();
    const place = STORY.findLastIndex((said) => same(said, { hardState, entries }));
    if (bugs.length === 0) expect(place, `${label}: a state never written`).not.toBe(-1);
    if (place < promised) tally.lost++;
    // What is appended now must be found by the next start, and nothing else be changed.
    const next = { index: entries.length + 1, term: 9, type: 0, data: METADATA } as const;
    wal.save(null, [next], true);
    const again = open();
    if (bugs.length === 0) expect(again.repaired, label).toBe("");
    if (!same({ hardState, entries: [...entries, next] }, again)) tally.lost++;
  } catch (error) {
    if (!(error instanceof WalError)) throw error;
    tally.refused++;
  }
}

function same(a: Said, b: Said): boolean {
  return (
    a.entries.length === b.entries.length &&
    a.hardState.term === b.hardState.term &&
    a.hardState.vote === b.hardState.vote &&
    a.hardState.commit === b.hardState.commit &&
    a.entries.every((e, i) => {
      const other = b.entries[i];
      return (
        e.term === other?.term && e.index === other.index && e.data.length === other.data.length
      );
    })
  );
}

describe("whenever the machine crashes", () => {
  // Files cut after every save, now and then, and never.
  for (const segmentBytes of [1, 900, 1_000_000]) {
    it(`a log in files of ${segmentBytes} bytes opens and keeps all that it promised`, () => {
      const tally = everyCrash(segmentBytes);
      expect(tally.states).toBeGreaterThan(2_000);
      expect(tally).toMatchObject({ lost: 0, refused: 0 });
    });
  }

  it("without syncs of the directory (W2), files are lost", () => {
    expect(everyCrash(1, "W2").lost).toBeGreaterThan(0);
  });

  it("with a chain of crcs that begins anew in each file (W3), the member can't start", () => {
    expect(everyCrash(900, "W3").refused).toBeGreaterThan(0);
  });

  it("without repair of a torn tail (W4), later writes are lost or the member can't start", () => {
    const tally = everyCrash(1_000_000, "W4");
    expect(tally.lost).toBeGreaterThan(0);
    expect(tally.refused).toBeGreaterThan(0);
  });

  it("with every crc error taken for a torn write (W5), a crash alone does no harm", () => {
    expect(everyCrash(900, "W5")).toMatchObject({ lost: 0, refused: 0 });
  });
});

describe("whichever bit flips", () => {
  function flipEach(
    segmentBytes: number,
    ...bugs: string[]
  ): { silent: string[]; refused: number } {
    const whole = new MemoryDisk();
    const wal = createWal(whole, DIR, METADATA, options(segmentBytes));
    for (const save of SAVES) wal.save(save.state, save.entries, save.mustSync);
    const silent: string[] = [];
    let refused = 0;
    for (const [path, bytes] of whole.files) {
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const broken = bytes.slice();
        broken[bit >> 3] = (broken[bit >> 3] as number) ^ (1 << (bit & 7));
        const disk = MemoryDisk.of(whole.files);
        disk.put(path, broken);
        try {
          openWal(disk, DIR, ORIGIN, options(segmentBytes, ...bugs));
          silent.push(`bit ${bit & 7} of byte ${bit >> 3} in ${path}`);
        } catch (error) {
          if (!(error instanceof WalError)) throw error;
          refused++;
        }
      }
    }
    return { silent, refused };
  }

  for (const segmentBytes of [900, 1_000_000]) {
    it(`a log in files of ${segmentBytes} bytes is refused`, () => {
      const { silent, refused } = flipEach(segmentBytes);
      expect(silent).toEqual([]);
      expect(refused).toBeGreaterThan(10_000);
    });
  }

  it("with every crc error taken for a torn write (W5), synced data are silently lost", () => {
    expect(flipEach(900, "W5").silent.length).toBeGreaterThan(1000);
  });
});
