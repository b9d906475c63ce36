import fc, { type Arbitrary } from "fast-check";
import { deleteRangeRequest, putRequest, rangeRequest } from "../../src/api/build.ts";
import type {
  Compare,
  DeleteRangeRequest,
  KvRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from "../../src/api/requests.ts";
import type { Call, LeaseCall } from "./calls.ts";
import type { Relative, Revision } from "./revisions.ts";

/** What a program does in one step. */
export type Step = Relative<Call> & {
  /** Whose token goes with it; absent: none. */
  readonly as?: string;
};
export type Program = readonly Step[];

// Few keys, so that operations meet; at most 12 in a result, because Go's sort keeps the order of
// equals in short lists only, and ours in all.
export const KEYS = ["a", "aa", "b", "ba", "c", "\xff", "\0"];
export const ENDS = ["", "\0", "a", "b", "bb", "d", "\xff", "\0\0", "\xff\xff"];
export const LEASES = [1n, 2n, 7_587_848_390_371_234_567n, -3n];

export const rarely = <T>(value: T, often: Arbitrary<T>, one = 40): Arbitrary<T> =>
  fc.oneof({ arbitrary: often, weight: one - 1 }, { arbitrary: fc.constant(value), weight: 1 });

const seldom = rarely(true, fc.constant<boolean>(false), 5);
const key = rarely("", fc.constantFrom(...KEYS));
const end = fc.oneof(fc.constant(""), fc.constantFrom(...ENDS));
const text = (words: readonly string[]): Arbitrary<Uint8Array> =>
  fc.constantFrom(...words).map((word) => new Uint8Array(Buffer.from(word, "latin1")));
const value = text(["", "x", "y", "xy", "\xff\0", "v".repeat(300)]);

/** Some revision near the current or the compacted one, or an extreme one. */
const revision: Arbitrary<Revision> = fc.oneof(
  { arbitrary: near("now", -12, 1), weight: 8 },
  { arbitrary: near("compacted", -1, 2), weight: 2 },
  { arbitrary: fc.constantFrom<Revision>(0, 1, -1, Number.MAX_SAFE_INTEGER), weight: 1 },
);

function near(from: "now" | "compacted", min: number, max: number): Arbitrary<Revision> {
  // The first is what shrinking goes to: the present.
  const plus = fc.integer({ min, max });
  return fc.record({ from: fc.constant(from), plus });
}

const maybe = <T>(zero: T, other: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(zero), weight: 4 }, { arbitrary: other, weight: 1 });

const leaseOf = (leases: boolean): Arbitrary<bigint> =>
  leases ? fc.constantFrom(0n, ...LEASES) : rarely(99n, fc.constant(0n), 20);

const put = (leases: boolean): Arbitrary<Relative<PutRequest>> =>
  fc
    .record({
      key,
      value,
      lease: leaseOf(leases),
      prevKv: fc.boolean(),
      ignoreValue: seldom,
      ignoreLease: seldom,
    })
    .chain((request) => {
      const { ignoreValue, ignoreLease } = request;
      // What is ignored must not be given: mostly it is not.
      return fc.record({
        ...constants(request),
        value: ignoreValue
          ? rarely(request.value, fc.constant(new Uint8Array(0)), 5)
          : fc.constant(request.value),
        lease: ignoreLease ? rarely(1n, fc.constant(0n), 5) : fc.constant(request.lease),
      });
    })
    .map((request) => putRequest(request.key, request.value, request));

function constants<T extends object>(of: T): { [F in keyof T]: Arbitrary<T[F]> } {
  const fields = Object.entries(of).map(([name, field]) => [name, fc.constant(field)]);
  return Object.fromEntries(fields) as { [F in keyof T]: Arbitrary<T[F]> };
}

const range: Arbitrary<Relative<RangeRequest>> = fc
  .record({
    span: fc.oneof(
      { arbitrary: fc.record({ key, rangeEnd: end }), weight: 2 },
      { arbitrary: fc.constant({ key: "\0", rangeEnd: "\0" }), weight: 1 },
    ),
    limit: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 5 })),
    revision: fc.oneof(fc.constant<Revision>(0), revision),
    sortOrder: fc.constantFrom("NONE", "NONE", "ASCEND", "DESCEND"),
    sortTarget: fc.constantFrom("KEY", "VERSION", "CREATE", "MOD", "VALUE"),
    serializable: fc.boolean(),
    keysOnly: seldom,
    countOnly: seldom,
    minModRevision: maybe<Revision>(0, revision),
    maxModRevision: maybe<Revision>(0, revision),
    minCreateRevision: maybe<Revision>(0, revision),
    maxCreateRevision: maybe<Revision>(0, revision),
  })
  .map(
    ({ span, ...request }) =>
      ({ ...rangeRequest(span.key), ...span, ...request }) as Relative<RangeRequest>,
  );

const deleteRange: Arbitrary<DeleteRangeRequest> = fc
  .record({ key, rangeEnd: end, prevKv: fc.boolean() })
  .map((request) => deleteRangeRequest(request.key, request));

const compare: Arbitrary<Relative<Compare>> = fc
  .record({
    result: fc.constantFrom("EQUAL", "NOT_EQUAL", "GREATER", "LESS"),
    key,
    rangeEnd: fc.oneof({ arbitrary: fc.constant(""), weight: 2 }, { arbitrary: end, weight: 1 }),
  })
  .chain((guard) =>
    fc
      .oneof(
        fc.record({ target: fc.constant("VERSION"), version: fc.integer({ min: -1, max: 4 }) }),
        fc.record({ target: fc.constant("CREATE"), createRevision: revision }),
        fc.record({ target: fc.constant("MOD"), modRevision: revision }),
        fc.record({ target: fc.constant("VALUE"), value }),
        fc.record({ target: fc.constant("LEASE"), lease: fc.constantFrom(0n, ...LEASES) }),
      )
      .map((target) => ({ ...guard, ...target }) as Relative<Compare>),
  );

/** The smallest operation, `count` times: for the limit on their number. */
const padding = (count: number): Relative<RequestOp>[] =>
  Array.from({ length: count }, () => ({ type: "range", request: rangeRequest("a") }));

function txn(leases: boolean, depth: number, size: number): Arbitrary<Relative<TxnRequest>> {
  const plain: Arbitrary<Relative<RequestOp>> = fc.oneof(
    { arbitrary: step("put", put(leases)), weight: 4 },
    { arbitrary: step("range", range), weight: 3 },
    { arbitrary: step("deleteRange", deleteRange), weight: 1 },
  ) as Arbitrary<Relative<RequestOp>>;
  const op: Arbitrary<Relative<RequestOp>> =
    depth === 0
      ? plain
      : (fc.oneof(
          { arbitrary: plain, weight: 5 },
          { arbitrary: step("txn", txn(leases, depth - 1, size)), weight: 2 },
        ) as Arbitrary<Relative<RequestOp>>);
  const branch = fc.array(op, { maxLength: size });
  const guards = fc.array(compare, { maxLength: size >> 1 });
  const usual = fc.record({ compare: guards, success: branch, failure: branch });
  // Around the limit of 128 operations, of which a nested one has what its parent leaves.
  const long = fc
    .record({
      compare: guards,
      success: branch,
      failure: branch,
      count: fc.integer({ min: 60, max: 129 }),
    })
    .map(({ count, ...request }) => ({
      ...request,
      failure: [...request.failure, ...padding(count)],
    }));
  const any = fc.oneof(
    { arbitrary: usual, weight: 30 },
    { arbitrary: long, weight: 1 },
  ) as Arbitrary<Relative<TxnRequest>>;
  return any.map((request) => (deletes(request) ? takingNothingOver(request) : request));
}

const opsOf = ({ success, failure }: Relative<TxnRequest>): readonly Relative<RequestOp>[] => [
  ...success,
  ...failure,
];

const deletes = (request: Relative<TxnRequest>): boolean =>
  opsOf(request).some(
    (op) => op.type === "deleteRange" || (op.type === "txn" && deletes(op.request)),
  );

/** Values and leases that a put takes over stay out of transactions that delete: not all releases get through those. */
function takingNothingOver({
  success,
  failure,
  ...rest
}: Relative<TxnRequest>): Relative<TxnRequest> {
  const calm = (op: Relative<RequestOp>): Relative<RequestOp> => {
    if (op.type === "txn") return { ...op, request: takingNothingOver(op.request) };
    if (op.type !== "put") return op;
    return { ...op, request: { ...op.request, ignoreValue: false, ignoreLease: false } };
  };
  return { ...rest, success: success.map(calm), failure: failure.map(calm) };
}

export function step<T extends Call["type"], R>(
  type: T,
  request: Arbitrary<R>,
): Arbitrary<{ readonly type: T; readonly request: R }> {
  return fc.record({ type: fc.constant(type), request });
}

/** One operation, inside one transaction or two: as good as the operation alone. */
export const wrapped: Arbitrary<Step> = fc
  .record({
    op: fc.oneof(
      { arbitrary: step("put", put(true)), weight: 3 },
      { arbitrary: step("range", range), weight: 1 },
      { arbitrary: step("deleteRange", deleteRange), weight: 1 },
    ) as Arbitrary<Relative<RequestOp>>,
    twice: fc.boolean(),
  })
  .map(({ op, twice }) => (twice ? txnOf(txnOf(op)) : txnOf(op)) as Step);

function txnOf(op: Relative<RequestOp>): Relative<RequestOp> {
  return { type: "txn", request: { compare: [], success: [op], failure: [] } };
}

const compaction = fc.record({
  revision: fc.oneof(
    { arbitrary: near("now", -6, 1), weight: 3 },
    { arbitrary: revision, weight: 1 },
  ),
  physical: rarely(false, fc.constant<boolean>(true), 4),
});

/** `size`: the most operations in a branch of a transaction. */
export function kvStep(leases: boolean, size = 4): Arbitrary<Relative<KvRequest>> {
  return fc.oneof(
    { arbitrary: step("put", put(leases)), weight: 10 },
    { arbitrary: step("range", range), weight: 8 },
    { arbitrary: step("deleteRange", deleteRange), weight: 3 },
    { arbitrary: step("txn", txn(leases, 2, size)), weight: 8 },
    { arbitrary: step("compaction", compaction), weight: 2 },
  ) as Arbitrary<Relative<KvRequest>>;
}

export const program = (steps: Arbitrary<Step>, maxLength: number): Arbitrary<Program> =>
  fc.array(steps, { minLength: 1, maxLength, size: "max" });

/** Some keys to begin with: on an empty store most operations look alike. */
const filled: Arbitrary<Program> = fc
  .record({ keys: fc.shuffledSubarray(KEYS), value })
  .map(({ keys, value }) =>
    keys.map((name): Step => ({ type: "put", request: putRequest(name, value) })),
  );

const after = (first: Arbitrary<Program>, then: Arbitrary<Program>): Arbitrary<Program> =>
  fc.tuple(first, then).map(([one, other]) => [...one, ...other]);

/** Programs of the KV service alone. */
export const kvPrograms = (maxLength: number): Arbitrary<Program> =>
  after(filled, program(kvStep(false) as Arbitrary<Step>, maxLength));

const id = rarely(0n, fc.constantFrom(...LEASES));

export const leaseStep: Arbitrary<LeaseCall> = fc.oneof(
  {
    arbitrary: step(
      "leaseGrant",
      // No TTL that ends while the test runs; an id of 0 would let the server choose.
      fc.record({
        id: fc.constantFrom(...LEASES),
        ttl: fc.constantFrom(1000, 500, 9_000_000_000, 9_000_000_001),
      }),
    ),
    weight: 4,
  },
  { arbitrary: step("leaseRevoke", fc.record({ id })), weight: 2 },
  { arbitrary: step("leaseKeepAlive", fc.record({ id })), weight: 1 },
  { arbitrary: step("leaseTimeToLive", fc.record({ id, keys: fc.boolean() })), weight: 3 },
  { arbitrary: step("leaseLeases", fc.constant({})), weight: 1 },
);

const granted: Arbitrary<Program> = fc
  .subarray(LEASES, { minLength: 1 })
  .map((ids) => ids.map((id): Step => ({ type: "leaseGrant", request: { id, ttl: 1000 } })));

/** Programs that attach keys to leases, most of which are granted first. */
export const leasePrograms = (maxLength: number): Arbitrary<Program> =>
  after(
    granted,
    program(
      fc.oneof(
        { arbitrary: leaseStep, weight: 2 },
        { arbitrary: step("put", put(true)), weight: 2 },
        { arbitrary: kvStep(true), weight: 2 },
      ) as Arbitrary<Step>,
      maxLength,
    ),
  );
