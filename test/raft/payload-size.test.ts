import { describe, expect, test } from "vitest";
import { entryEncodingSize, payloadsSize } from "../../src/raft/log/limit-size.ts";
import { encodeConfChange } from "../../src/raft/pb/index.ts";
import { ConfChangeType, EMPTY, type Entry, EntryType } from "../../src/raft/types.ts";

/** A V1 conf change as an entry; with id 0 its proposer gave it none. */
function changeEntry(id: number): Entry {
  const change = { id, type: ConfChangeType.AddNode, nodeId: 2, context: EMPTY };
  return { term: 1, index: 5, type: EntryType.ConfChange, data: encodeConfChange(change) };
}

describe("the size of a conf change", () => {
  test("leaves out the id that was not given, as etcd-io/raft's encoding does", () => {
    expect(changeEntry(0).data.length).toBe(6);
    expect(payloadsSize([changeEntry(0)])).toBe(4);
    expect(entryEncodingSize(changeEntry(0))).toBe(2 + 2 + 2 + 2 + 4);
  });

  test("counts the id that was given", () => {
    expect(payloadsSize([changeEntry(7)])).toBe(6);
    expect(entryEncodingSize(changeEntry(7))).toBe(2 + 2 + 2 + 2 + 6);
  });

  test("counts a proposal that only looks like one in full", () => {
    const data = changeEntry(0).data;
    expect(payloadsSize([{ term: 1, index: 5, type: EntryType.Normal, data }])).toBe(6);
  });
});
