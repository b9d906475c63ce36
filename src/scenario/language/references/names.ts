import { suggestion } from "../../read/suggest.ts";

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
  | "client"
  | "user"
  | "role"
  | "key";

export type Path = readonly PropertyKey[];

/** A name that means nothing where it stands. */
export interface Unknown {
  readonly path: Path;
  /** It is a key of the map there, not a value. */
  readonly atKey: boolean;
  readonly text: string;
}

/** What to say of a NAME that there is not, and how to make one. */
const WORDS: Readonly<Record<Kind, readonly [missing: string, remedy: string]>> = {
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
  client: [
    "client NAME asks for nothing in this scenario",
    "let it ask: `put: {key: a, value: 1, client: NAME}`",
  ],
  user: ['unknown user "NAME"', "make it: `auth-setup: {users: {NAME: {password: x}}}`"],
  role: ['unknown role "NAME"', "make it before: `auth-setup: {roles: {NAME: [read a]}}`"],
  key: ['no client writes the key "NAME"', "write it before: `put: {key: NAME, value: 1}`"],
};

/** All places of NAME, whatever characters the name holds. */
function named(words: string, name: string): string {
  return words.split("NAME").join(name);
}

/**
 * The names of a scenario, read from its first step to its last. A name is known from the step on that
 * gives it: an operation can't be waited for before it is asked for.
 */
export class Names {
  readonly unknown: Unknown[] = [];
  /** By kind: each name, and the number of the step that gives it first. */
  readonly #given = new Map<Kind, Map<string, number>>();
  /** Keys with a number in them, of `puts`. */
  readonly #patterns: RegExp[] = [];
  /** The number of the step that is being read. */
  step = 0;

  give(kind: Kind, name: string): void {
    const names = this.#given.get(kind) ?? new Map<string, number>();
    this.#given.set(kind, names);
    if (!names.has(name)) names.set(name, this.step);
  }

  /** `k%d`: k1, k2 …; `lock/*`: all that begin so. */
  givePattern(pattern: string): void {
    const escaped = pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    this.#patterns.push(new RegExp(`^${escaped.replaceAll("%d", "[0-9]+").replace("\\*", ".*")}$`));
  }

  has(kind: Kind, name: string): boolean {
    if (this.#given.get(kind)?.has(name) === true) return true;
    return kind === "key" && this.#patterns.some((pattern) => pattern.test(name));
  }

  /**
   * Complains if nothing has this name by now. `all` is what the whole scenario names, so that what
   * comes only later can be told from what does not come at all.
   */
  refer(kind: Kind, name: string, path: Path, all: Names, atKey = false): void {
    if (this.has(kind, name)) return;
    const later = all.#given.get(kind)?.get(name);
    const text =
      later === undefined
        ? `${named(WORDS[kind][0], name)}${all.#hint(kind, name)}`
        : `"${name}" comes only later, in step ${later}`;
    this.unknown.push({ path, atKey, text });
  }

  #hint(kind: Kind, name: string): string {
    const known = [...(this.#given.get(kind)?.keys() ?? [])];
    // No number is like another.
    if (kind === "client" && known.length > 0) return ` (known: ${known.join(", ")})`;
    if (known.length > 0) return suggestion(name, known);
    return `; ${named(WORDS[kind][1], name)}`;
  }
}
