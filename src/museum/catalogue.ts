import { AUTH, type AuthMistakes } from "./auth.ts";
import { CLIENT, type ClientMistakes } from "./client.ts";
import type { KnownMistake } from "./known-mistake.ts";
import { LEASE, type LeaseMistakes } from "./lease.ts";
import { MEMBER, type MemberMistakes } from "./member.ts";
import { MVCC, type MvccMistakes } from "./mvcc.ts";
import { RAFT, type RaftMistakes } from "./raft.ts";
import { WAL, type WalMistakes } from "./wal.ts";

/**
 * By the room whose code makes them; each room is given its own switches and sees no others. The member,
 * which sees all, makes those of leases, too, that are about when its lessor decides.
 */
export const CATALOGUE = [
  { area: "Raft", mistakes: RAFT },
  { area: "Write-ahead log", mistakes: WAL },
  { area: "Store, backend, watches", mistakes: MVCC },
  { area: "Leases", mistakes: LEASE },
  { area: "Auth", mistakes: AUTH },
  { area: "Members", mistakes: MEMBER },
  { area: "Clients", mistakes: CLIENT },
] as const satisfies readonly {
  readonly area: string;
  readonly mistakes: readonly KnownMistake[];
}[];

/** Whether each of them is made, by name: what each room's own switches are taken from. */
export type Mistakes = RaftMistakes &
  WalMistakes &
  MvccMistakes &
  LeaseMistakes &
  AuthMistakes &
  MemberMistakes &
  ClientMistakes;

export const KNOWN_MISTAKES: readonly KnownMistake[] = CATALOGUE.flatMap(({ mistakes }) => [
  ...mistakes,
]);

const BY_ID = new Map<string, KnownMistake>(KNOWN_MISTAKES.map((known) => [known.id, known]));

/** null: there is none of that id. */
export function mistakeById(id: string): KnownMistake | null {
  return BY_ID.get(id) ?? null;
}

/** What to say of an id that nobody knows: `unknown mistake "R39", did you mean R38?` */
export function unknownMistake(id: string): string {
  const near = nearestTo(id);
  if (near !== null) return `unknown mistake "${id}", did you mean ${near.id}?`;
  const known = idsLike(id);
  const [first, last] = [known[0], known.at(-1)];
  const range = first === undefined ? "" : `${first.id} to ${last?.id} are known; `;
  return `unknown mistake "${id}" (${range}docs/museum.md lists them)`;
}

/** Numbers further apart are no slip of a finger. */
const SLIP = 5;

/** The one of that name, or of the same letter and nearly the same number. */
function nearestTo(word: string): KnownMistake | null {
  const wanted = numberOf(word);
  if (wanted === null) {
    const name = word.toLowerCase();
    return KNOWN_MISTAKES.find((known) => known.name.toLowerCase() === name) ?? null;
  }
  const distance = ({ id }: KnownMistake) => Math.abs((numberOf(id) ?? 0) - wanted);
  const [best] = idsLike(word).toSorted((a, b) => distance(a) - distance(b));
  return best === undefined || distance(best) > SLIP ? null : best;
}

/** Those of the same letter, by their number. */
function idsLike(word: string): readonly KnownMistake[] {
  if (numberOf(word) === null) return [];
  const letter = word.charAt(0).toUpperCase();
  return KNOWN_MISTAKES.filter(({ id }) => id.startsWith(letter)).toSorted(
    (a, b) => (numberOf(a.id) ?? 0) - (numberOf(b.id) ?? 0),
  );
}

/** `R4`, `r-4` → 4; null: it does not look like an id. */
function numberOf(word: string): number | null {
  const [, digits] = /^[a-z]-?(\d+)/i.exec(word) ?? [];
  return digits === undefined ? null : Number(digits);
}
