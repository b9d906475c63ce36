import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultMember, foundedBy } from "../../../src/member/membership/founding.ts";
import {
  addedId,
  byValue,
  clusterId,
  founderId,
  idText,
  parseId,
} from "../../../src/member/membership/ids.ts";

const TOKEN = "etcd-cluster";

describe("the ids that clients see", () => {
  test("are those of a real etcd 3.4.23 with the same peer URLs and token", () => {
    // etcd --initial-cluster m1=http://m1:2380,m2=http://m2:2380,m3=http://m3:2380
    const ids = [1, 2, 3].map((node) => idText(defaultMember(node, TOKEN).id));
    expect(ids).toEqual(["2d8acd1c6af7f3bc", "7705c771822c37e9", "4d42af1432fea5f6"]);
    expect(idText(foundedBy([1, 2, 3], TOKEN))).toBe("d68d1ea027168d16");
    // etcd's own documentation: the default of a lone member.
    expect(idText(founderId(["http://localhost:2380"], TOKEN))).toBe("8e9e05c52164694d");
    expect(idText(clusterId([0x8e9e05c52164694dn]))).toBe("cdf818194e3a8c32");
  });

  test("another token, or a time, makes another member", () => {
    const urls = ["http://m1:2380"];
    const ids = [founderId(urls, TOKEN), founderId(urls, "x"), addedId(urls, 0), addedId(urls, 1)];
    expect(new Set(ids).size).toBe(4);
  });

  test("the order of URLs and of members does not matter", () => {
    const shuffled = fc.shuffledSubarray(["http://a:1", "http://b:2", "http://c:3"], {
      minLength: 3,
    });
    fc.assert(
      fc.property(shuffled, fc.uniqueArray(fc.bigInt(0n, 2n ** 64n - 1n)), (urls, ids) => {
        expect(addedId(urls, 5)).toBe(addedId(urls.toSorted(), 5));
        expect(clusterId(ids)).toBe(clusterId(ids.toReversed()));
        expect(ids.map((id) => parseId(idText(id)))).toEqual(ids);
      }),
    );
    expect([3n, 2n ** 63n, 1n].sort(byValue)).toEqual([1n, 3n, 2n ** 63n]);
  });

  test.each(["", "g", "0x1", "12345678123456781", " 1"])("%j is no id", (text) => {
    expect(parseId(text)).toBeNull();
  });
});
