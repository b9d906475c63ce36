import fc from "fast-check";
import { expect, test } from "vitest";
import { DataMonitor } from "../../../src/check/data-monitor.ts";
import type { KeyChange, WatchEvent, WatchedChange } from "../../../src/trace/events.ts";
import { Tale } from "../tale.ts";

/**
 * Random stores, watches and ways to deliver what the watches want: all are accepted; and each is
 * refused after a single mistake of any kind.
 */
const KEYS = ["a", "b", "c", "d"] as const;

type Step = readonly { readonly key: number; readonly remove: boolean; readonly lease: boolean }[];

interface Happened extends WatchedChange {
  /** What the key held before, whether a watch asks for it or not. */
  readonly prev: WatchedChange["prev"];
}

/** What the steps do, revision by revision, from 2 on. */
function history(steps: readonly Step[]): Happened[][] {
  const now = new Map<string, Happened>();
  const rows: Happened[][] = [];
  for (const step of steps) {
    const modRevision = rows.length + 2;
    const row: Happened[] = [];
    for (const { key: k, remove, lease } of step) {
      const key = KEYS[k] as string;
      const old = now.get(key);
      if (row.some((change) => change.key === key)) continue;
      const before = old === undefined ? null : { value: old.value, modRevision: old.modRevision };
      if (!remove) {
        row.push({
          type: "put",
          key,
          value: `${key}${modRevision}`,
          version: (old?.version ?? 0) + 1,
          createRevision: old?.createRevision ?? modRevision,
          lease: lease ? "1f" : "",
          modRevision,
          prev: before,
        });
      } else if (old !== undefined) {
        const gone = { version: 0, createRevision: 0, lease: "", modRevision, prev: before };
        row.push({ type: "delete", key, value: "", ...gone });
      }
    }
    if (row.length === 0) continue;
    for (const change of row) {
      if (change.type === "put") now.set(change.key, change);
      else now.delete(change.key);
    }
    rows.push(row);
  }
  return rows;
}

type Watch = Pick<
  WatchEvent,
  "key" | "rangeEnd" | "startRevision" | "noPut" | "noDelete" | "prevKv"
>;

const wants = (w: Watch, e: WatchedChange): boolean =>
  (w.rangeEnd === ""
    ? e.key === w.key
    : e.key >= w.key && (w.rangeEnd === "\0" || e.key < w.rangeEnd)) &&
  !(e.type === "put" ? w.noPut : w.noDelete) &&
  e.modRevision >= w.startRevision;

/** A response: events, or a progress report. */
type Response =
  | { readonly events: readonly WatchedChange[]; readonly fragment: boolean }
  | { readonly progress: number };

interface Case {
  readonly rows: readonly (readonly Happened[])[];
  readonly watch: Watch;
  /** After how many revisions it is opened. */
  readonly opened: number;
  readonly responses: readonly Response[];
}

const shown = (w: Watch, e: Happened): WatchedChange => ({ ...e, prev: w.prevKv ? e.prev : null });

const cases: fc.Arbitrary<Case> = fc
  .record({
    steps: fc.array(
      fc.array(fc.record({ key: fc.nat(3), remove: fc.boolean(), lease: fc.boolean() }), {
        minLength: 1,
        maxLength: 3,
      }),
      { minLength: 1, maxLength: 12 },
    ),
    watch: fc.record({
      key: fc.constantFrom("a", "b"),
      rangeEnd: fc.constantFrom("", "c", "\0"),
      startRevision: fc.nat(6).map((n) => (n === 1 ? 2 : n)),
      noPut: fc.nat(5).map((n) => n === 0),
      noDelete: fc.nat(3).map((n) => n === 0),
      prevKv: fc.boolean(),
    }),
    opened: fc.nat(12),
    /** How the stream is cut: 0, 1 a new response, 2 a fragment, 3 progress in between, else no cut. */
    cuts: fc.array(fc.nat(6), { minLength: 40, maxLength: 40 }),
  })
  .map(({ steps, watch, opened: after, cuts }) => {
    const rows = history(steps);
    const opened = Math.min(after, rows.length);
    const start = watch.startRevision === 0 ? opened + 2 : watch.startRevision;
    const from = { ...watch, startRevision: start };
    const wanted = rows
      .flat()
      .filter((e) => wants(from, e))
      .map((e) => shown(watch, e));
    return { rows, watch, opened, responses: cut(wanted, cuts, from.startRevision) };
  });

function cut(wanted: readonly WatchedChange[], cuts: readonly number[], start: number): Response[] {
  const responses: Response[] = [];
  let events: WatchedChange[] = [];
  wanted.forEach((e, i) => {
    const before = wanted[i - 1];
    const how = cuts[i % cuts.length] as number;
    if (before !== undefined && before.modRevision === e.modRevision) {
      if (how === 2) {
        responses.push({ events, fragment: true });
        events = [];
      }
    } else if (how <= 1 || how === 3) {
      if (events.length > 0) responses.push({ events, fragment: false });
      events = [];
      // A report of any revision before the next event is true.
      const progress = how === 3 ? e.modRevision - 1 : 0;
      if (progress >= start) responses.push({ progress });
    }
    events.push(e);
  });
  if (events.length > 0) responses.push({ events, fragment: false });
  return responses;
}

function violations({ rows, watch, opened, responses }: Case): string[] {
  const tale = new Tale();
  const apply = (row: readonly KeyChange[], i: number) =>
    tale.change(
      [1, 2],
      i + 1,
      i + 2,
      ...row.map(({ type, key, value, version, createRevision, lease }) => ({
        type,
        key,
        value,
        version,
        createRevision,
        lease,
      })),
    );
  tale.lease(1, "grant", "1f", 100).apply(1, 0, 1);
  rows.slice(0, opened).forEach(apply);
  tale.watch(watch.key, watch).respond("created", opened + 1);
  rows.slice(opened).forEach((row, i) => {
    apply(row, opened + i);
  });
  const last = rows.length + 1;
  for (const response of responses) {
    if ("progress" in response) tale.respond("progress", response.progress);
    else tale.respond("events", last, response);
  }
  const monitor = tale.play(new DataMonitor({ leases: { slackUs: 1e12 } }));
  monitor.finish({ seq: 999, at: tale.now, members: [1, 2], delivered: tale.now });
  return monitor.violations.map((v) => `${v.invariant}: ${v.text}`);
}

// ---- mistakes -----------------------------------------------------------------------------------

type Place = readonly [number, number];

/** All (response, event) places that satisfy `fits`. */
function places(c: Case, fits: (e: WatchedChange, r: number, i: number) => boolean): Place[] {
  return c.responses.flatMap((response, r) =>
    "progress" in response
      ? []
      : response.events.flatMap((e, i): Place[] => (fits(e, r, i) ? [[r, i]] : [])),
  );
}

/** The responses with the events of one of them replaced. */
function altered(
  { responses }: Case,
  [r]: Place,
  change: (events: WatchedChange[]) => void,
): Response[] {
  return responses.flatMap((response, at) => {
    if (at !== r || "progress" in response) return [response];
    const events = [...response.events];
    change(events);
    return events.length === 0 ? [] : [{ ...response, events }];
  });
}

const eventsOf = (c: Case, r: number): readonly WatchedChange[] => {
  const response = c.responses[r];
  return response === undefined || "progress" in response ? [] : response.events;
};
const nextOf = (c: Case, [r, i]: Place): WatchedChange | undefined => eventsOf(c, r)[i + 1];

/** One event replaced by what `to` makes of it. */
const replaced =
  (to: (e: WatchedChange) => WatchedChange) =>
  (c: Case, place: Place): Response[] =>
    altered(c, place, (events) => {
      events[place[1]] = to(events[place[1]] as WatchedChange);
    });

interface Mistake {
  readonly name: string;
  /** Where it can be made. */
  readonly where: (c: Case) => Place[];
  readonly make: (c: Case, place: Place) => Response[];
}

const MISTAKES: readonly Mistake[] = [
  {
    name: "an event is lost",
    where: (c) => places(c, () => true),
    make: (c, p) => altered(c, p, (events) => events.splice(p[1], 1)),
  },
  {
    name: "a response is lost",
    where: (c) => places(c, (_e, _r, i) => i === 0),
    make: (c, [r]) => c.responses.filter((_, at) => at !== r),
  },
  {
    name: "an event is told twice at once",
    where: (c) => places(c, () => true),
    make: (c, p) =>
      altered(c, p, (events) => events.splice(p[1], 0, events[p[1]] as WatchedChange)),
  },
  {
    name: "a response is sent twice",
    where: (c) => places(c, (_e, _r, i) => i === 0),
    make: (c, [r]) =>
      c.responses.flatMap((response, at) => (at === r ? [response, response] : [response])),
  },
  {
    name: "an event is told again in the end",
    where: (c) => places(c, () => true),
    make: (c, [r, i]) => [
      ...c.responses,
      { events: [eventsOf(c, r)[i] as WatchedChange], fragment: false },
    ],
  },
  {
    name: "two events are swapped",
    where: (c) =>
      places(c, (e, r, i) => (nextOf(c, [r, i])?.modRevision ?? e.modRevision) !== e.modRevision),
    make: (c, p) =>
      altered(c, p, (events) => {
        events.splice(p[1], 2, events[p[1] + 1] as WatchedChange, events[p[1]] as WatchedChange);
      }),
  },
  {
    name: "a revision is split",
    where: (c) => places(c, (e, r, i) => nextOf(c, [r, i])?.modRevision === e.modRevision),
    make: (c, [r, i]) =>
      c.responses.flatMap((response, at): Response[] => {
        if (at !== r || "progress" in response) return [response];
        const { events, fragment } = response;
        return [
          { events: events.slice(0, i + 1), fragment: false },
          { events: events.slice(i + 1), fragment },
        ];
      }),
  },
  {
    name: "the previous value is wrong",
    where: (c) => places(c, (e) => e.prev !== null),
    make: replaced((e) => ({
      ...e,
      prev: { value: "wrong", modRevision: e.prev?.modRevision ?? 0 },
    })),
  },
  {
    name: "the previous value is missing",
    where: (c) => places(c, (e) => e.prev !== null),
    make: replaced((e) => ({ ...e, prev: null })),
  },
  {
    name: "there is a previous value that should not be",
    where: (c) => places(c, (e) => e.prev === null),
    make: replaced((e) => ({ ...e, prev: { value: "", modRevision: 1 } })),
  },
  {
    name: "the value is wrong",
    where: (c) => places(c, (e) => e.type === "put"),
    make: replaced((e) => ({ ...e, value: `${e.value}!` })),
  },
  {
    name: "the lease is wrong",
    where: (c) => places(c, (e) => e.type === "put"),
    make: replaced((e) => ({ ...e, lease: e.lease === "" ? "1f" : "" })),
  },
  {
    name: "the type is wrong",
    where: (c) => places(c, () => true),
    make: replaced((e) => ({ ...e, type: e.type === "put" ? "delete" : "put" })),
  },
  {
    name: "it is said to be created when it was not, or not when it was",
    where: (c) => places(c, (e) => e.type === "put"),
    make: replaced((e) =>
      e.version === 1
        ? { ...e, version: 2, createRevision: e.modRevision - 1 }
        : { ...e, version: 1, createRevision: e.modRevision },
    ),
  },
  {
    name: "a delete has no revision of its own",
    where: (c) => places(c, (e) => e.type === "delete"),
    make: replaced((e) => ({ ...e, modRevision: 0 })),
  },
  {
    name: "the key is another",
    where: (c) => places(c, () => true),
    make: replaced((e) => ({ ...e, key: `${e.key}!` })),
  },
  {
    name: "progress is reported too early",
    where: (c) => places(c, (_e, _r, i) => i === 0),
    make: (c, [r]) =>
      c.responses.flatMap((response, at) =>
        at === r ? [{ progress: eventsOf(c, r)[0]?.modRevision ?? 0 }, response] : [response],
      ),
  },
  {
    name: "an event that is not wanted is told",
    where: (c) => {
      const { startRevision } = c.watch;
      const open = { ...c.watch, startRevision: startRevision || c.opened + 2 };
      return c.rows.flatMap((row, r) =>
        row.flatMap((e, i): Place[] => (wants(open, e) ? [] : [[r, i]])),
      );
    },
    make: (c, [r, i]) => {
      const e = shown(c.watch, c.rows[r]?.[i] as Happened);
      const at = c.responses.findIndex(
        (response) =>
          !("progress" in response) && (response.events[0]?.modRevision ?? 0) > e.modRevision,
      );
      const alone = { events: [e], fragment: false };
      return at < 0 ? [...c.responses, alone] : c.responses.toSpliced(at, 0, alone);
    },
  },
];

const RUNS = 300;

test("what is delivered as promised is accepted", () => {
  fc.assert(
    fc.property(cases, (c) => {
      expect(violations(c)).toEqual([]);
    }),
    { numRuns: RUNS * 5 },
  );
});

test.each(MISTAKES.map((mistake) => [mistake.name, mistake] as const))(
  "it is noticed where %s",
  (_name, { where, make }) => {
    let made = 0;
    fc.assert(
      fc.property(cases, fc.nat(), (c, n) => {
        const possible = where(c);
        if (possible.length === 0) return;
        made++;
        const mistaken = make(c, possible[n % possible.length] as Place);
        expect(violations({ ...c, responses: mistaken }).length).toBeGreaterThan(0);
      }),
      { numRuns: RUNS },
    );
    expect(made, "it was hardly ever possible").toBeGreaterThan(RUNS / 20);
  },
);
