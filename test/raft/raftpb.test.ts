import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { ProtobufError } from "../../src/base/protobuf.ts";
import {
  decodeConfChange,
  decodeConfChangeV2,
  decodeConfState,
  decodeEntry,
  decodeHardState,
  decodeMessage,
  decodeSnapshot,
  decodeSnapshotMetadata,
  encodeConfChange,
  encodeConfChangeV2,
  encodeConfState,
  encodeEntry,
  encodeHardState,
  encodeMessage,
  encodeSnapshot,
  encodeSnapshotMetadata,
  entrySize,
  NodeIdError,
  type NodeIdMap,
  sizeOfConfChange,
  sizeOfConfChangeV2,
  sizeOfConfState,
  sizeOfHardState,
  sizeOfMessage,
  sizeOfSnapshot,
  sizeOfSnapshotMetadata,
} from "../../src/raft/pb/index.ts";
import {
  type ConfChange,
  type ConfChangeV2,
  type ConfState,
  EMPTY,
  type Entry,
  type HardState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  MessageType,
  type Snapshot,
  type SnapshotMetadata,
} from "../../src/raft/types.ts";

const seed = 7003;
const bytes = fc.uint8Array({ maxLength: 300 });
const number = fc.oneof(fc.nat(300), fc.maxSafeNat());
const id = fc.oneof(fc.nat(9), fc.maxSafeNat(), fc.constantFrom(-1, -2));
const entry: fc.Arbitrary<Entry> = fc.record({
  term: number,
  index: number,
  type: fc.constantFrom(0, 1, 2),
  data: bytes,
});
const hardState: fc.Arbitrary<HardState> = fc.record({ term: number, vote: id, commit: number });
const ids = fc.array(id, { maxLength: 7 });
const confState: fc.Arbitrary<ConfState> = fc.record({
  voters: ids,
  learners: ids,
  votersOutgoing: ids,
  learnersNext: ids,
  autoLeave: fc.boolean(),
});
const metadata: fc.Arbitrary<SnapshotMetadata> = fc.record({
  confState,
  index: number,
  term: number,
});
const snapshot: fc.Arbitrary<Snapshot> = fc.record({ data: bytes, metadata });
const confChange: fc.Arbitrary<ConfChange> = fc.record({
  id: number,
  type: fc.constantFrom(0, 1, 2, 3),
  nodeId: id,
  context: bytes,
});
const confChangeV2: fc.Arbitrary<ConfChangeV2> = fc.record({
  transition: fc.constantFrom(0, 1, 2),
  changes: fc.array(fc.record({ type: fc.constantFrom(0, 1, 2, 3), nodeId: id })),
  context: bytes,
});
const messageWith = (responses: fc.Arbitrary<Message[] | null>): fc.Arbitrary<Message> =>
  fc.record({
    type: fc.nat(23) as fc.Arbitrary<MessageType>,
    to: id,
    from: id,
    term: number,
    logTerm: number,
    index: number,
    entries: fc.array(entry, { maxLength: 4 }),
    commit: number,
    vote: id,
    snapshot: fc.option(snapshot.filter((s) => s.metadata.index > 0)),
    reject: fc.boolean(),
    rejectHint: number,
    context: bytes,
    responses,
  });
const message = messageWith(
  fc.option(fc.array(messageWith(fc.constant(null)), { minLength: 1, maxLength: 3 })),
);

function roundTrip<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  encode: (x: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T,
  size: (x: T) => number,
): void {
  it(`${name} comes back as it was, and its size is known before`, () => {
    fc.assert(
      fc.property(arbitrary, (x) => {
        const encoded = encode(x);
        expect(decode(encoded)).toEqual(x);
        expect(size(x)).toBe(encoded.length);
      }),
      { seed, numRuns: 200 },
    );
  });

  it(`${name} cut anywhere or with a bit flipped is refused or read, never more`, () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), fc.boolean(), (x, at, cut) => {
        const encoded = encode(x);
        const offset = at % encoded.length;
        const broken = encoded.slice(0, cut ? offset : undefined);
        if (!cut) broken[offset] = (broken[offset] as number) ^ (1 << (at & 7));
        try {
          decode(broken);
        } catch (error) {
          expect([ProtobufError.name, NodeIdError.name]).toContain((error as Error).name);
        }
      }),
      { seed, numRuns: 300 },
    );
  });
}

describe("raftpb", () => {
  roundTrip("an entry", entry, encodeEntry, decodeEntry, entrySize);
  roundTrip("a hard state", hardState, encodeHardState, decodeHardState, sizeOfHardState);
  roundTrip("a conf state", confState, encodeConfState, decodeConfState, sizeOfConfState);
  roundTrip(
    "snapshot metadata",
    metadata,
    encodeSnapshotMetadata,
    decodeSnapshotMetadata,
    sizeOfSnapshotMetadata,
  );
  roundTrip("a snapshot", snapshot, encodeSnapshot, decodeSnapshot, sizeOfSnapshot);
  roundTrip("a conf change", confChange, encodeConfChange, decodeConfChange, sizeOfConfChange);
  roundTrip(
    "a conf change V2",
    confChangeV2,
    encodeConfChangeV2,
    decodeConfChangeV2,
    sizeOfConfChangeV2,
  );
  roundTrip("a message", message, encodeMessage, decodeMessage, sizeOfMessage);

  it("writes every scalar even when zero, as etcd's generated code does", () => {
    const entry0 = { term: 0, index: 0, type: 0, data: EMPTY } as const;
    const conf: ConfState = {
      voters: [1, 2, 3],
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    const empty: ConfState = { ...conf, voters: [] };
    const m: Message = {
      type: MessageType.App,
      to: 2,
      from: 1,
      term: 5,
      logTerm: 4,
      index: 300,
      entries: [{ term: 5, index: 301, type: 0, data: fromHex("6869") }],
      commit: 299,
      vote: 0,
      snapshot: null,
      reject: false,
      rejectHint: 0,
      context: EMPTY,
      responses: null,
    };
    const table: [string, Uint8Array, string][] = [
      ["empty entry", encodeEntry(entry0), "080010001800"],
      [
        "entry",
        encodeEntry({ term: 2, index: 300, type: 1, data: fromHex("6869") }),
        "0801100218ac0222026869",
      ],
      ["empty hard state", encodeHardState({ term: 0, vote: 0, commit: 0 }), "080010001800"],
      ["conf state", encodeConfState(conf), "0801080208032800"],
      [
        "empty snapshot",
        encodeSnapshot({ data: EMPTY, metadata: { confState: empty, index: 0, term: 0 } }),
        "12080a02280010001800",
      ],
      [
        "conf change",
        encodeConfChange({ id: 0, type: 3, nodeId: 4, context: EMPTY }),
        "080010031804",
      ],
      ["leave joint", encodeConfChangeV2({ transition: 0, changes: [], context: EMPTY }), "0800"],
      [
        "conf change V2",
        encodeConfChangeV2({
          transition: 1,
          changes: [{ type: 1, nodeId: 2 }],
          context: fromHex("78"),
        }),
        "08011204080110021a0178",
      ],
      [
        "message",
        encodeMessage(m),
        "0803100218012005280430ac023a0b0800100518ad022202686940ab0250005800" + "6800",
      ],
    ];
    for (const [name, got, hex] of table) expect(toHex(got), name).toBe(hex);
  });

  it("writes the local threads as the two greatest 64-bit ids", () => {
    const vote = (v: number) => toHex(encodeHardState({ term: 0, vote: v, commit: 0 }));
    expect(vote(LOCAL_APPEND_THREAD)).toBe("080010ffffffffffffffffff011800");
    expect(vote(LOCAL_APPLY_THREAD)).toBe("080010feffffffffffffffff011800");
  });

  it("reads what etcd 3.4 sends: an empty snapshot in every message, and packed lists", () => {
    const heartbeat = fromHex(
      "0808 1002 1801 2005 2800 3000 4003 4a0a 12080a02280010001800 5000 5800",
    );
    const m = decodeMessage(heartbeat);
    expect(m.type).toBe(MessageType.Heartbeat);
    expect(m.commit).toBe(3);
    expect(m.snapshot).toBeNull();
    expect(decodeConfState(fromHex("0a03010203 2801")).voters).toEqual([1, 2, 3]);
  });

  it("reads the id of a real etcd with a map and says so without one", () => {
    // 8e9e05c52164694d is the first member of a default single-node etcd.
    const wire = fromHex("0802 10cdd2918bd2b881cf8e01 1804");
    expect(() => decodeHardState(wire)).toThrow(
      /node id 8e9e05c52164694d is a 64-bit id of a real etcd/,
    );
    const map: NodeIdMap = {
      toWire: () => ({ hi: 0x8e9e05c5, lo: 0x2164694d }),
      fromWire: (hi, lo) => (hi === 0x8e9e05c5 && lo === 0x2164694d ? 1 : 99),
    };
    const state = decodeHardState(wire, map);
    expect(state).toEqual({ term: 2, vote: 1, commit: 4 });
    expect(toHex(encodeHardState(state, map))).toBe(toHex(wire));
    expect(sizeOfHardState(state, map)).toBe(wire.length);
    expect(encodeHardState({ term: 1, vote: 0, commit: 1 }, map)).toEqual(fromHex("080110001801"));
  });

  it("refuses unknown types", () => {
    expect(() => decodeEntry(fromHex("0803"))).toThrow(/unknown entry type 3/);
    expect(() => decodeMessage(fromHex("0818"))).toThrow(/unknown message type 24/);
    expect(() => decodeConfChange(fromHex("1004"))).toThrow(/configuration change 4/);
    expect(() => decodeConfChangeV2(fromHex("0803"))).toThrow(/unknown transition 3/);
  });
});
