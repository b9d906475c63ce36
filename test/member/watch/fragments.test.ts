import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { WatchEvent, WatchResponse } from "../../../src/api/watch-requests.ts";
import { WatchResponse as Message } from "../../../src/api/wire/watch.ts";
import { fragmentsOf } from "../../../src/member/watch/fragments.ts";

function event(length: number, modRevision: number): WatchEvent {
  const value = new Uint8Array(length);
  const kv = { key: "k", createRevision: 1, modRevision, version: 1, value, lease: 0n };
  return { type: "PUT", kv, prevKv: length % 3 === 0 ? kv : null };
}

function response(lengths: readonly number[]): WatchResponse {
  return {
    header: { clusterId: 0xffff_ffff_ffff_ffffn, memberId: 1n, revision: 5, raftTerm: 2 },
    ...{ watchId: 3, created: false, canceled: false, compactRevision: 0, cancelReason: "" },
    ...{ fragment: false, events: lengths.map(event) },
  };
}

describe("parts of a response", () => {
  test.prop([fc.array(fc.nat(200), { maxLength: 12 }), fc.nat(400), fc.nat(12)])(
    "are as large as may be, and together are all of it",
    (lengths, size, first) => {
      const whole = response(lengths);
      // Where just the first of the events, or just all of them, fit or do not.
      const prefix = { ...whole, events: whole.events.slice(0, first) };
      const exact = Message.size({ ...prefix, fragment: first < lengths.length });
      const max = size > 200 ? exact + (size % 2) : size * 2;
      const parts = fragmentsOf(whole, max);
      expect(parts.flatMap(({ events }) => events)).toEqual(whole.events);
      const split = Message.size(whole) >= max && lengths.length > 1;
      if (!split) {
        expect(parts).toEqual([whole]);
        return;
      }
      for (const [i, part] of parts.entries()) {
        expect(part).toEqual({ ...whole, events: part.events, fragment: i < parts.length - 1 });
        expect(part.events.length).toBeGreaterThan(0);
        const marked = { ...part, fragment: true };
        if (part.events.length > 1) expect(Message.size(marked)).toBeLessThan(max);
        const next = parts[i + 1]?.events[0];
        if (next === undefined) continue;
        const more = { ...marked, events: [...part.events, next] };
        expect(Message.size(more)).toBeGreaterThanOrEqual(max);
      }
    },
  );
});
