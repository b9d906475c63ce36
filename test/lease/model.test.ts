import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { MILLISECOND, NEVER, SECOND } from "../../src/base/time.ts";
import { Lease, type Renewal } from "../../src/lease/lease.ts";
import { Lessor } from "../../src/lease/lessor.ts";
import { LESSOR_DEFAULTS } from "../../src/lease/options.ts";
import { type Rig, rig } from "./support.ts";

const OPTIONS = { ...LESSOR_DEFAULTS, revokeRate: 6 };
const PER_ROUND = 3;

interface Known {
  readonly id: bigint;
  readonly ttl: number;
  remaining: number;
  expiry: number;
  ringsAt: number;
  order: number;
  keys: string[];
  waiting: number;
}

/** A lessor without heaps: every question walks a list. */
class Model {
  now = 0;
  leases: Known[] = [];
  primary = false;
  order = 0;
  roundAt = 0;
  found = 0;

  find(id: bigint): Known | undefined {
    return this.leases.find((lease) => lease.id === id);
  }

  start(lease: Known, extend: number): void {
    const left = lease.remaining > 0 ? lease.remaining : lease.ttl;
    lease.expiry = this.now + extend + left * SECOND;
    lease.ringsAt = lease.expiry;
  }

  expired(): bigint[] {
    if (this.found === 0 || this.now >= this.roundAt + 500 * MILLISECOND) {
      this.roundAt = this.now;
      this.found = 0;
    }
    const ringing = this.leases
      .filter((lease) => lease.ringsAt <= this.now)
      .sort((a, b) => a.ringsAt - b.ringsAt || a.order - b.order)
      .slice(0, PER_ROUND - this.found);
    for (const lease of ringing) lease.ringsAt = this.now + 3 * SECOND;
    this.found += ringing.length;
    return ringing.map((lease) => lease.id);
  }

  due(): number {
    const next = Math.min(...this.leases.map((lease) => lease.ringsAt), NEVER);
    if (next === NEVER || this.found < PER_ROUND) return next;
    return Math.max(next, this.roundAt + 500 * MILLISECOND);
  }
}

interface Pair {
  readonly model: Model;
  readonly rig: Rig;
  lessor: Lessor;
  readonly answers: string[];
}

type Step = (pair: Pair) => void;

const id = fc.integer({ min: -4, max: 4 }).map(BigInt);
const key = fc.constantFrom("a", "b", "c", "d");

const grant: fc.Arbitrary<Step> = fc.tuple(id, fc.integer({ min: 0, max: 12 })).map(
  ([id, ttl]): Step =>
    ({ model, lessor }) => {
      const result = lessor.grant(model.now, id, ttl);
      const ok = id !== 0n && model.find(id) === undefined;
      expect(result instanceof Lease).toBe(ok);
      if (!ok) return;
      const lease = {
        id,
        ttl: Math.max(ttl, 2),
        remaining: 0,
        expiry: NEVER,
        ringsAt: NEVER,
        order: model.order++,
        keys: [],
        waiting: 0,
      };
      model.leases.push(lease);
      if (model.primary) model.start(lease, 0);
    },
);

const revoke: fc.Arbitrary<Step> = id.map(
  (id): Step =>
    ({ model, lessor, answers }) => {
      const lease = model.find(id);
      const deleted: string[] = [];
      const error = lessor.revoke(id, (key) => deleted.push(key));
      expect(error === null).toBe(lease !== undefined);
      expect(deleted).toEqual([...(lease?.keys ?? [])].sort());
      model.leases = model.leases.filter((other) => other !== lease);
      expect(answers.splice(0)).toEqual(new Array(lease?.waiting ?? 0).fill("not found"));
    },
);

const renew: fc.Arbitrary<Step> = id.map(
  (id): Step =>
    ({ model, lessor, answers }) => {
      lessor.renew(model.now, id, (renewal: Renewal) => answers.push(renewal.kind));
      const lease = model.find(id);
      if (!model.primary) expect(answers.splice(0)).toEqual(["not primary"]);
      else if (lease === undefined) expect(answers.splice(0)).toEqual(["not found"]);
      else if (model.now >= lease.expiry) lease.waiting++;
      else {
        expect(answers.splice(0)).toEqual(["renewed"]);
        model.start(lease, 0);
      }
    },
);

const attach: fc.Arbitrary<Step> = fc.tuple(id, key, fc.boolean()).map(
  ([id, key, on]): Step =>
    ({ model, lessor }) => {
      if (on) lessor.attach(id, key);
      else lessor.detach(id, key);
      const lease = model.find(id);
      if (lease === undefined) return;
      lease.keys = lease.keys.filter((other) => other !== key);
      if (on) lease.keys.push(key);
    },
);

const wait: fc.Arbitrary<Step> = fc.integer({ min: 0, max: 6_000_000 }).map(
  (us): Step =>
    ({ model, lessor }) => {
      model.now += us;
      const named = lessor.expired(model.now).map((lease) => lease.id);
      expect(named).toEqual(model.expired());
    },
);

const checkpoint: fc.Arbitrary<Step> = fc.tuple(id, fc.integer({ min: 0, max: 9 })).map(
  ([id, remainingTtl]): Step =>
    ({ model, lessor }) => {
      lessor.checkpoint(model.now, { id, remainingTtl });
      const lease = model.find(id);
      if (lease !== undefined) lease.remaining = remainingTtl;
    },
);

function release(model: Model, answers: string[]): void {
  const waiting = model.leases.reduce((sum, lease) => sum + lease.waiting, 0);
  expect(answers.splice(0)).toEqual(new Array(waiting).fill("not primary"));
  for (const lease of model.leases) lease.waiting = 0;
}

/** Before a pile-up, so that the model needs none: that has tests of its own. */
const promote: fc.Arbitrary<Step> = fc.integer({ min: 0, max: 2_000_000 }).map(
  (extend): Step =>
    ({ model, lessor }) => {
      if (model.leases.length >= OPTIONS.revokeRate) return;
      lessor.promote(model.now, extend);
      model.primary = true;
      model.found = 0;
      for (const lease of model.leases) model.start(lease, extend);
    },
);

const demote: fc.Arbitrary<Step> = fc.constant(({ model, lessor, answers }: Pair) => {
  lessor.demote();
  model.primary = false;
  for (const lease of model.leases) {
    lease.expiry = NEVER;
    lease.ringsAt = NEVER;
  }
  release(model, answers);
});

const restart: fc.Arbitrary<Step> = fc.constant((pair: Pair) => {
  const { model, rig } = pair;
  pair.lessor = new Lessor(rig.store, OPTIONS, null);
  pair.answers.length = 0;
  model.primary = false;
  model.found = 0;
  // Unsigned, as the bytes of the keys are.
  model.leases.sort((a, b) => (BigInt.asUintN(64, a.id) < BigInt.asUintN(64, b.id) ? -1 : 1));
  for (const [order, lease] of model.leases.entries()) {
    Object.assign(lease, { expiry: NEVER, ringsAt: NEVER, waiting: 0, order, keys: [] });
  }
  model.order = model.leases.length;
});

const step = fc.oneof(
  { weight: 6, arbitrary: grant },
  { weight: 2, arbitrary: revoke },
  { weight: 4, arbitrary: renew },
  { weight: 3, arbitrary: attach },
  { weight: 8, arbitrary: wait },
  { weight: 2, arbitrary: checkpoint },
  { weight: 2, arbitrary: promote },
  { weight: 1, arbitrary: demote },
  { weight: 1, arbitrary: restart },
);

function compare({ model, lessor }: Pair): void {
  expect(lessor.size).toBe(model.leases.length);
  expect(lessor.due()).toBe(model.due());
  const order = (a: Known, b: Known): number => a.expiry - b.expiry || (a.id < b.id ? -1 : 1);
  const expected = [...model.leases].sort(order);
  expect(lessor.list().map((lease) => [lease.id, lease.expiry, lease.sortedKeys()])).toEqual(
    expected.map((lease) => [lease.id, lease.expiry, [...lease.keys].sort()]),
  );
}

describe("the lessor", () => {
  property.prop([fc.array(step, { minLength: 1, maxLength: 80 })], { seed: 41, numRuns: 600 })(
    "does what a list of leases would, through elections and restarts",
    (steps) => {
      const made = rig();
      const lessor = new Lessor(made.store, OPTIONS, null);
      const pair: Pair = { model: new Model(), rig: made, lessor, answers: [] };
      for (const step of steps) {
        step(pair);
        compare(pair);
      }
    },
  );
});
