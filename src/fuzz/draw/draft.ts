/** A position among the members, or the leader of the moment. */
export type Who = number | "leader";

/** What clients do what: those that watch and those that hold locks do nothing else. */
export const CLIENTS = {
  keys: [1, 2, 3, 4],
  leases: [5],
  watches: [6, 7, 8],
  locks: [9, 10, 11],
  operator: [12],
  admin: [13],
  ann: [14],
  bob: [15],
  traffic: [16, 17, 18],
  programs: [19, 20, 21, 22],
} as const;

export const ROOT = { user: "root", password: "secret" } as const;
export const ANN = { user: "ann", password: "pw" } as const;
export const BOB = { user: "bob", password: "first" } as const;

/** A member more than that makes runs slow and shows nothing new. */
const MEMBERS_MAX = 7;

/**
 * A scenario while it is written down, step by step: who and what there is by now, so that a step names
 * nothing that there is not.
 */
export class Draft {
  /** Whether clients bring names and passwords, for when auth is on. */
  readonly auth: boolean;
  readonly members: string[];
  /** Leases, watches and observers by their names. */
  readonly leases: string[] = [];
  readonly watches: string[] = [];
  /** Members that were added through the API, whose machines are not started yet. */
  readonly joining: string[] = [];
  authSetUp = false;
  private readonly clients = new Set<number>();
  private values = 0;
  private names = 0;

  constructor(members: number, auth: boolean) {
    this.auth = auth;
    this.members = Array.from({ length: members }, (_, i) => `m${i + 1}`);
  }

  /** One of a room's clients, who is known to ask for something from now on. */
  client(room: keyof typeof CLIENTS, index = 0): number {
    const ids: readonly number[] = CLIENTS[room];
    const id = ids[index % ids.length] as number;
    this.clients.add(id);
    return id;
  }

  /** All that ask for anything. */
  get used(): readonly number[] {
    return [...this.clients].sort((a, b) => a - b);
  }

  /** Some client, of a room or of all, that asks for something already; null: none does. */
  anyClient(index: number, room?: keyof typeof CLIENTS): number | null {
    const ids: readonly number[] | null = room === undefined ? null : CLIENTS[room];
    const used = this.used.filter((id) => ids === null || ids.includes(id));
    return used[index % Math.max(1, used.length)] ?? null;
  }

  /** A value that nobody else writes. */
  value(prefix = "v"): string {
    return `${prefix}${++this.values}`;
  }

  /** A name that nothing has yet. */
  name(prefix: string): string {
    return `${prefix}${++this.names}`;
  }

  who(who: Who): string {
    return who === "leader" ? who : (this.members[who % this.members.length] as string);
  }

  /** By its name, where a role makes no sense. */
  named(who: Who): string {
    return this.members[(who === "leader" ? 0 : who) % this.members.length] as string;
  }

  /** A member that is not there yet; null: there are enough. */
  newMember(): string | null {
    const count = this.members.length;
    if (count >= MEMBERS_MAX) return null;
    const name = `m${count + 1}`;
    this.members.push(name);
    return name;
  }
}
