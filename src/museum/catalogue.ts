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
  const hint = near === null ? " (docs/museum.md lists them)" : `, did you mean ${near.id}?`;
  return `unknown mistake "${id}"${hint}`;
}

/** The one of that name, or of the same letter and the nearest number. */
function nearestTo(word: string): KnownMistake | null {
  const [, letter, digits] = /^([a-z])-?(\d+)/i.exec(word) ?? [];
  if (letter === undefined) {
    const wanted = word.toLowerCase();
    return KNOWN_MISTAKES.find(({ name }) => name.toLowerCase() === wanted) ?? null;
  }
  const distance = ({ id }: KnownMistake) =>
    Math.abs(Number.parseInt(id.slice(1), 10) - Number(digits));
  return KNOWN_MISTAKES.filter(({ id }) =>
    id.startsWith(letter.toUpperCase()),
  ).reduce<KnownMistake | null>(
    (best, each) => (best === null || distance(each) < distance(best) ? each : best),
    null,
  );
}
