import { suggestion } from "../read/suggest.ts";

/** What a scenario gives names to, and names again later. */
export type Kind =
  | "operation"
  | "lease"
  | "watch"
  | "lock"
  /** A client and the lock, or the leadership, that it asks for: `2 jobs`. */
  | "holder"
  | "observer"
  | "bank"
  | "queue"
  | "mirror"
  | "traffic"
  | "client"
  | "user"
  | "role"
  | "key";

export type Path = readonly PropertyKey[];

/** A name that means nothing where it stands. */
export interface NameProblem {
  readonly path: Path;
  /** It is a key of the map there, not a value. */
  readonly atKey: boolean;
  /** How many characters of the text there come before it: for a name in a sentence. */
  readonly skip: number;
  readonly text: string;
}

/** Gives the names that a word of the language gives with this argument, and refers to those that it refers to. */
export type NamesOf<I> = (names: Names, input: I) => void;

/** For words that neither give names nor refer to any. */
export const noNames = (): void => undefined;

/** What to say of a NAME that there is not, and how to make one. */
const TEXTS: Readonly<Record<Kind, readonly [missing: string, remedy: string]>> = {
  operation: [
    'no client asks for "NAME"',
    "what a client asks for is known by its key, or by `as: NAME`",
  ],
  lease: ['unknown lease "NAME"', "grant it before: `lease: {ttl: 5s, as: NAME}`"],
  watch: ['unknown watch "NAME"', "open it before: `watch: {key: a, as: NAME}`"],
  lock: ['unknown lock or election "NAME"', "let a client ask for it: `lock: {name: NAME}`"],
  holder: ["no client asks for NAME", "let it: `lock: {name: jobs, client: 1}`"],
  observer: ['unknown observer "NAME"', "make one: `observe: {name: chief, as: NAME}`"],
  bank: ['unknown bank "NAME"', "open it: `bank: {name: NAME, clients: [1]}`"],
  queue: ['unknown queue "NAME"', "use it: `queue: {name: NAME, producers: [1], consumers: [2]}`"],
  mirror: ['unknown mirror "NAME"', "make one: `mirror: {prefix: a, as: NAME}`"],
  traffic: ['unknown traffic "NAME"', "let clients make it: `traffic: {clients: [1], as: NAME}`"],
  client: [
    "client NAME asks for nothing in this scenario",
    "let it ask: `put: {key: a, value: 1, client: NAME}`",
  ],
  user: ['unknown user "NAME"', "make it: `user-add: {user: NAME, password: x}`"],
  role: ['unknown role "NAME"', "make it: `role-add: NAME`"],
  key: ['no client writes the key "NAME"', "write it before: `put: {key: NAME, value: 1}`"],
};

/** All places of NAME, whatever characters the name holds. */
function filledIn(text: string, name: string): string {
  return text.split("NAME").join(name);
}

/**
 * The names of a scenario, read from its first step to its last. A name is known from the step on that
 * gives it: an operation can't be waited for before it is asked for.
 */
export class Names {
  readonly problems: NameProblem[] = [];
  /** Members that are there by now, by id; see member-names.ts. */
  readonly members = new Set<number>();
  readonly firstMembers: number;
  /** By kind: each name, and the number of the step that gives it first. */
  readonly #given = new Map<Kind, Map<string, number>>();
  /** Keys with a number in them, of `puts`. */
  readonly #patterns: RegExp[] = [];
  /** Each `as`, and what has it. */
  readonly #reserved = new Map<
    string,
    { readonly step: number; readonly renewable: Kind | null }
  >();
  /** Words that may be names: what they stand in could not be read. */
  readonly #unread = new Set<string>();
  /** How many members there are could not be read. */
  membersUnknown = false;
  /** All names of the scenario: what comes only later can be told from what does not come at all. */
  readonly whole: Names;
  /** The number of the step that is being read. */
  #step = 0;
  /** Where the argument stands that is being read. */
  #path: Path = [];

  /**
   * @param firstMembers how many members are there from the start
   * @param whole null: these names themselves, while it is being found out what there is at all
   */
  constructor(firstMembers: number, whole: Names | null) {
    this.firstMembers = firstMembers;
    this.whole = whole ?? this;
    for (let id = 1; id <= firstMembers; id++) this.members.add(id);
  }

  /**
   * Something could not be read, with these words in it: it may give each of them as a name, write any key
   * in any client's name, and add members. Nor may how many members there are.
   */
  leftUnread(words: readonly string[], membersUnknown: boolean): void {
    for (const word of words) this.#unread.add(word);
    if (words.length > 0) this.giveKeys("*");
    this.membersUnknown = membersUnknown;
  }

  enter(step: number, path: Path): void {
    this.#step = step;
    this.#path = path;
  }

  give(kind: Kind, name: string): void {
    const names = this.#given.get(kind) ?? new Map<string, number>();
    this.#given.set(kind, names);
    if (!names.has(name)) names.set(name, this.#step);
  }

  /** Keys: `k%d` is k1, k2 …; `lock/*` are all that begin so. */
  giveKeys(pattern: string): void {
    const escaped = pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    this.#patterns.push(new RegExp(`^${escaped.replaceAll("%d", "[0-9]+").replace("\\*", ".*")}$`));
  }

  /**
   * `as: NAME`: two things of one name could not be told apart. Complains if there is one already, unless
   * both are of a kind of which the newer one counts.
   */
  reserve(name: string, renewable: Kind | null = null): void {
    const before = this.#reserved.get(name);
    if (before !== undefined && (renewable === null || before.renewable !== renewable)) {
      this.complain(`step ${before.step} has something called "${name}" already`, ["as"]);
    }
    this.#reserved.set(name, { step: this.#step, renewable });
  }

  /** Whether a step has given the name, for all that is known. */
  isGiven(kind: Kind, name: string): boolean {
    return this.#given.get(kind)?.has(name) === true;
  }

  has(kind: Kind, name: string): boolean {
    if (this.isGiven(kind, name)) return true;
    if (this.#mayBeUnread(kind, name)) return true;
    return kind === "key" && this.#patterns.some((pattern) => pattern.test(name));
  }

  #mayBeUnread(kind: Kind, name: string): boolean {
    if (this.#unread.size === 0) return false;
    return kind === "client" || name.split(" ").some((word) => this.#unread.has(word));
  }

  /** Whether a member of this id may be added by what could not be read, or be there from the start. */
  mayBeMember(id: number): boolean {
    return this.membersUnknown || this.#unread.has(`m${id}`);
  }

  /** Complains if nothing has this name by now. `at`: where it stands in the argument. */
  refer(kind: Kind, name: string, ...at: Path): void {
    if (!this.has(kind, name)) this.complain(this.#missing(kind, name), at);
  }

  /** As `refer`, of a name that is the last key of `at`. */
  referByKey(kind: Kind, name: string, ...at: Path): void {
    if (!this.has(kind, name)) this.complain(this.#missing(kind, name), at, { atKey: true });
  }

  /** @param text null: all is well */
  complain(text: string | null, at: Path, { atKey = false, skip = 0 } = {}): void {
    if (text === null) return;
    this.problems.push({ path: [...this.#path, ...at], atKey, skip, text });
  }

  #missing(kind: Kind, name: string): string {
    const later = this.whole.#given.get(kind)?.get(name);
    if (later !== undefined) return `"${name}" comes only later, in step ${later}`;
    return `${filledIn(TEXTS[kind][0], name)}${this.#hint(kind, name)}`;
  }

  #hint(kind: Kind, name: string): string {
    const known = [...(this.whole.#given.get(kind)?.keys() ?? [])];
    // No number is like another.
    if (kind === "client" && known.length > 0) return ` (known: ${known.join(", ")})`;
    if (known.length > 0) return suggestion(name, known);
    return `; ${filledIn(TEXTS[kind][1], name)}`;
  }
}

type NamedInput = string | readonly string[] | Readonly<Record<string, unknown>>;

/** The argument is a name, a list of names, or a map whose keys are names, of things of this kind. */
export function refersTo(kind: Kind): NamesOf<NamedInput> {
  return (names, input) => {
    if (typeof input === "string") names.refer(kind, input);
    else if (isList(input)) {
      for (const [i, name] of input.entries()) names.refer(kind, name, i);
    } else for (const name of Object.keys(input)) names.referByKey(kind, name, name);
  };
}

function isList(input: NamedInput): input is readonly string[] {
  return Array.isArray(input);
}
