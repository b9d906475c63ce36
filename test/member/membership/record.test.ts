import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Decode, utf8Encode } from "../../../src/base/utf8.ts";
import {
  contextOf,
  encodeMemberContext,
  encodeMemberContexts,
  foundingContexts,
} from "../../../src/member/membership/change-context.ts";
import { defaultMember } from "../../../src/member/membership/founding.ts";
import { encodeProposalId } from "../../../src/member/membership/proposal-id.ts";
import {
  decodeMember,
  encodeMember,
  type MemberRecord,
} from "../../../src/member/membership/record.ts";
import { ConfChangeTransition, ConfChangeType, EMPTY } from "../../../src/raft/types.ts";

const M1 = defaultMember(1, "etcd-cluster");
const BARE = { ...M1, node: 0, name: "", clientUrls: [], isLearner: true };

const records: fc.Arbitrary<MemberRecord> = fc.record({
  id: fc.bigInt(0n, 2n ** 64n - 1n),
  node: fc.integer({ min: 0, max: 63 }),
  name: fc.string({ unit: "grapheme" }),
  peerUrls: fc.array(fc.constantFrom("http://a:1?<b>&c", 'http://"id":5', "http://\u2028:1")),
  clientUrls: fc.array(fc.webUrl()),
  isLearner: fc.boolean(),
});

const v2 = (count: number, context: Uint8Array) => ({
  transition: ConfChangeTransition.Auto,
  changes: Array.from({ length: count }, (_, i) => ({
    type: ConfChangeType.AddNode,
    nodeId: i + 1,
  })),
  context,
});
const v1 = (id: number, context: Uint8Array) => ({
  id,
  type: ConfChangeType.AddNode,
  nodeId: 1,
  context,
});

describe("a member's record", () => {
  test("is etcd's JSON with the node id at its end", () => {
    expect(utf8Decode(encodeMember(M1))).toBe(
      '{"id":3281660800430240700,"peerURLs":["http://m1:2380"],"name":"m1",' +
        '"clientURLs":["http://m1:2379"],"raftNode":1}',
    );
    expect(utf8Decode(encodeMember(BARE))).toBe(
      '{"id":3281660800430240700,"peerURLs":["http://m1:2380"],"isLearner":true}',
    );
  });

  test("is escaped as Go does it", () => {
    const name = '<a>&\u2028é"';
    expect(utf8Decode(encodeMember({ ...BARE, peerUrls: [], isLearner: false, name }))).toBe(
      '{"id":3281660800430240700,"peerURLs":[],"name":"\\u003ca\\u003e\\u0026\\u2028é\\""}',
    );
  });

  test("is read back, whatever is in it", () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(decodeMember(encodeMember(record))).toEqual(record);
      }),
    );
  });

  test("what a real etcd leaves out, or writes as null, is empty", () => {
    const written = '{"id":18446744073709551615,"peerURLs":null}';
    expect(decodeMember(utf8Encode(written))).toEqual({
      id: 18446744073709551615n,
      node: 0,
      peerUrls: [],
      isLearner: false,
      name: "",
      clientUrls: [],
    });
  });

  test.each(["", "{", "[]", "null", "{}", '{"id":"x"}', "7"])("%j is none", (text) => {
    expect(decodeMember(utf8Encode(text))).toBeNull();
  });
});

describe("a conf change's context", () => {
  const said = { member: M1, isPromote: false, clusterId: null };

  test("of a V1 change is etcd's, and the call id is the change's own", () => {
    const context = encodeMemberContext({ member: BARE, isPromote: true, clusterId: null });
    expect(utf8Decode(context)).toBe(
      '{"id":3281660800430240700,"peerURLs":["http://m1:2380"],"isLearner":true,"isPromote":true}',
    );
    const words = [{ member: BARE, isPromote: true, clusterId: null }];
    expect(contextOf(v1(9, context))).toEqual({ proposalId: 9, words });
  });

  test("of a founder says the cluster's id as well", () => {
    const [first] = foundingContexts([1, 2, 3], "etcd-cluster");
    const words = [{ ...said, clusterId: 0xd68d1ea027168d16n }];
    expect(contextOf(v1(0, first?.context ?? EMPTY))).toEqual({ proposalId: 0, words });
  });

  test("of several changes speaks of each in turn", () => {
    const words = [said, null, { ...said, member: BARE }];
    expect(contextOf(v2(3, encodeMemberContexts(7, words)))).toEqual({ proposalId: 7, words });
  });

  test("that is empty, a call id alone, or another tool's says nothing of members", () => {
    const nothing = [null, null];
    expect(contextOf(v2(2, EMPTY))).toEqual({ proposalId: 0, words: nothing });
    expect(contextOf(v2(2, encodeProposalId(2 ** 50)))).toEqual({
      proposalId: 2 ** 50,
      words: nothing,
    });
    expect(contextOf(v2(2, utf8Encode("foo")))).toEqual({ proposalId: 0, words: nothing });
    expect(contextOf(v2(2, utf8Encode('{"members":[7]}')))).toEqual({
      proposalId: 0,
      words: nothing,
    });
    expect(contextOf(v1(0, utf8Encode("foo")))).toEqual({ proposalId: 0, words: [null] });
  });
});
