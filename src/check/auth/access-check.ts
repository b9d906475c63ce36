import type {
  AccessEvent,
  AccessNeed,
  AuthEvent,
  CompleteEvent,
  InvokeEvent,
  RestoreEvent,
  TraceEvent,
  WatchResponseEvent,
} from "../../trace/events.ts";
import type { Change, History, ReportAs } from "../model/history.ts";
import { AuthHistory } from "./auth-history.ts";
import { type AuthState, covers, ROOT, type UserModel } from "./auth-state.ts";

/** Somebody did what no permission allows. */
export const PERMITTED = "permitted";
/** Somebody was not let do what was granted. */
export const REFUSED_WRONGLY = "refused-wrongly";
export const ACCESS_RULES: readonly string[] = [PERMITTED, REFUSED_WRONGLY];

/** The keys of a lease, as far as anybody told. */
export type KeysOfLease = (lease: string) => Iterable<string>;

/** What is asked for and has not come to anything yet. */
interface Asking {
  readonly user: string;
  readonly password: number;
  readonly needs: readonly AccessNeed[];
  readonly what: string;
  readonly local: boolean;
  /** The oldest state by which it may be decided. */
  from: number;
  /** How many members had come back by then. */
  readonly returns: number;
  /** The store's revision then. */
  readonly revision: number;
  /** What the leases in it held then; null: more than is looked at. */
  readonly attached: readonly Change[] | null;
}

type Verdict = "yes" | "no" | "either";

const USER: readonly AccessNeed[] = [{ what: "user", key: "", rangeEnd: "" }];
const KEYS_MAX = 8;

const SERVER = "etcdserver: ";
const DENIED = `${SERVER}permission denied`;
const FAILED = `${SERVER}authentication failed, invalid user ID or password`;
const NOT_ENABLED = `${SERVER}authentication is not enabled`;
/** What nobody is told while auth is off. */
const ONLY_WHILE_ON: ReadonlySet<string> = new Set([
  DENIED,
  FAILED,
  `${SERVER}user name is empty`,
  `${SERVER}invalid auth token`,
  `${SERVER}revision of auth store is old`,
]);

/**
 * Holds what clients were allowed, and what they were refused, against the users, roles and
 * permissions that the members told of as they applied them:
 *
 * - `permitted`: what was done was allowed by some state between the newest one that anybody had
 *   applied when it was asked for and the newest one when it was answered. What was applied anywhere
 *   is committed, so that a linearizable read and an entry proposed later come after it. What a member
 *   decides alone (serializable reads, watches, leases, administration) goes by what it has applied:
 *   from the state on that the one of all members had come to that is furthest behind.
 * - `refused-wrongly`: who was told "permission denied", or that the password is wrong, was not
 *   allowed in some state of the same interval; and nobody hears of users while auth is off.
 *
 * Stale tokens (`invalid auth token`, `revision of auth store is old`, `user name is empty`) are not
 * judged while auth is on: a restart loses them, any change makes them old, and the client signs in again.
 * Old passwords are judged where keys are read and written, since there etcd holds a token's revision
 * against its own: elsewhere a JSON web token is good until it expires.
 */
export class AccessMonitor {
  readonly auth = new AuthHistory();
  /** False: the run began with users that nobody told of. */
  #whole = true;
  #returns = 0;
  readonly #operations = new Map<number, Asking>();
  readonly #watches = new Map<number, Asking>();
  readonly #history: History;
  readonly #keysOf: KeysOfLease;
  readonly #report: ReportAs;

  constructor(history: History, keysOf: KeysOfLease, report: ReportAs) {
    this.#history = history;
    this.#keysOf = keysOf;
    this.#report = report;
  }

  // ---- members -------------------------------------------------------------------------------

  changed(e: AuthEvent): void {
    this.auth.changed(e);
  }

  /** Before the history knows of it. */
  recovered(applied: number): void {
    this.#returns++;
    if (applied > this.#history.index) this.#whole = false;
  }

  /** Before the history knows of it. */
  restored({ member, index }: RestoreEvent): void {
    if (index > this.#history.index) this.#whole = false;
    this.auth.skipped(this.#history.position(member).applied, index);
  }

  // ---- clients -------------------------------------------------------------------------------

  /** Who has a name says so next; so this is somebody without one, unless it does. */
  invoked(e: InvokeEvent): void {
    // Auth was never touched: nothing is forbidden.
    if (this.auth.newest === 0) return;
    const { request } = e;
    if (request.type === "call") return;
    const local = request.type === "lease" || (request.type === "get" && request.serializable);
    const { text: what, client } = e;
    this.#operations.set(
      e.op,
      this.#asking({ user: "", password: 0, local, needs: USER }, what, client),
    );
  }

  asked(e: AccessEvent): void {
    this.auth.asked(e);
    if (e.user === "") return;
    const asking = this.#asking(e, "", e.client);
    if (e.op > 0) this.#operations.set(e.op, asking);
    else this.#watches.set(e.watch, asking);
  }

  #asking(
    { user, password, local, needs }: Pick<AccessEvent, "user" | "password" | "local" | "needs">,
    text: string,
    client: number,
  ): Asking {
    const who = user === "" ? "somebody without a name" : user;
    return {
      user,
      password,
      needs,
      what: `client ${client} (${who})${text === "" ? "" : `: ${text}`}`,
      local,
      from: local ? this.#furthestBehind() : this.auth.newest,
      returns: this.#returns,
      revision: this.#history.revision,
      attached: local ? [] : this.#attached(needs),
    };
  }

  /** The state of the member that has applied least. */
  #furthestBehind(): number {
    const { newest } = this.auth;
    if (newest === 0) return 0;
    let least = Number.MAX_SAFE_INTEGER;
    for (const { applied } of this.#history.positions) if (applied < least) least = applied;
    return this.auth.asOf(least);
  }

  #attached(needs: readonly AccessNeed[]): Change[] | null {
    const found: Change[] = [];
    for (const { what, key: lease } of needs) {
      if (what !== "lease") continue;
      for (const key of this.#keysOf(lease)) {
        if (found.length === KEYS_MAX) return null;
        const change = this.#history.latest(key);
        if (change !== null) found.push(change);
      }
    }
    return found;
  }

  completed(e: CompleteEvent): void {
    this.auth.answered(e.op, e.outcome);
    const asking = this.#operations.get(e.op);
    if (asking === undefined) return;
    this.#operations.delete(e.op);
    if (e.outcome === "ok") this.#allowed(e, asking);
    else this.#refused(e, asking, e.text);
  }

  responded(e: WatchResponseEvent): void {
    const asking = this.#watches.get(e.watch);
    if (asking === undefined) return;
    if (e.what === "canceled") {
      this.#watches.delete(e.watch);
      this.#refused(e, asking, e.text);
    } else if (e.what === "created") this.#allowed(e, asking);
  }

  // ---- judging -------------------------------------------------------------------------------

  #allowed(e: TraceEvent, asking: Asking): void {
    if (asking.needs.length === 0) return;
    const no = (state: AuthState) => this.#verdict(state, asking, false) === "no";
    if (!this.#always(asking, no)) return;
    const when = asking.from === this.auth.newest ? "" : ", at any time while it was under way";
    this.#report(PERMITTED, e, `${asking.what} was allowed what nobody granted${when}`);
  }

  #refused(e: TraceEvent, asking: Asking, error: string): void {
    const wrong = this.#wrongRefusal(asking, error);
    if (wrong === null) return;
    this.#report(REFUSED_WRONGLY, e, `${asking.what} got "${error}", though ${wrong}`);
  }

  #wrongRefusal(asking: Asking, error: string): string | null {
    const { user, password, needs } = asking;
    if (ONLY_WHILE_ON.has(error) && this.#always(asking, ({ enabled }) => !enabled)) {
      return "auth was off all the while";
    }
    // A sign-in needs nothing, and all others fail with the error of theirs.
    if (needs.length === 0 && error === FAILED) {
      const right = ({ enabled, users }: AuthState) => {
        const passwords = users.get(user)?.passwords;
        return enabled && passwords?.length === 1 && passwords[0] === password;
      };
      if (this.#always(asking, right)) return "that was its password all the while";
    }
    if (needs.length === 0 && error === NOT_ENABLED) {
      if (this.#always(asking, ({ enabled }) => enabled)) return "it was all the while";
    }
    if (error === DENIED && needs.length > 0) {
      const yes = (state: AuthState) => this.#verdict(state, asking, true) === "yes";
      if (this.#always(asking, yes)) return "it was granted all the while";
    }
    return null;
  }

  /** Whether it holds in every state by which it may have been decided. */
  #always({ from, local, returns }: Asking, holds: (state: AuthState) => boolean): boolean {
    if (!this.#whole) return false;
    // Who comes back may have lost what it had applied.
    const first = local && returns !== this.#returns ? 0 : from;
    for (let number = first; number <= this.auth.newest; number++) {
      const state = this.auth.state(number);
      if (state === undefined || !holds(state)) return false;
    }
    return true;
  }

  #verdict(state: AuthState, asking: Asking, refused: boolean): Verdict {
    if (!state.enabled) return "yes";
    let verdict: Verdict = "yes";
    for (const need of asking.needs) {
      const of = this.#verdictOf(state, asking, need, refused);
      if (of === "no") return "no";
      if (of === "either") verdict = "either";
    }
    return verdict;
  }

  #verdictOf(state: AuthState, asking: Asking, need: AccessNeed, refused: boolean): Verdict {
    const { user: name, password } = asking;
    if (name === "") return "no";
    if (need.what === "user") return "yes";
    const user = state.users.get(name);
    if (user === undefined) return "no";
    const isRoot = user.roles.includes(ROOT);
    switch (need.what) {
      case "admin":
        return isRoot ? "yes" : "no";
      case "role":
        return isRoot || user.roles.includes(need.key) ? "yes" : "no";
      case "lease":
        return isRoot ? "yes" : this.#ofLease(state, asking, user, refused);
      default: {
        const known = user.passwords;
        if (known !== null && !known.includes(password) && !this.auth.lasts(name, password)) {
          return "no";
        }
        if (isRoot) return "yes";
        const { key, rangeEnd } = need;
        const isOne = rangeEnd === "" || rangeEnd === "\0" || key < rangeEnd;
        // What etcd says of a range that ends before it begins hangs on the shape of a tree.
        if (!isOne) return "either";
        return covers(state, user, need.what, key, rangeEnd) ? "yes" : "no";
      }
    }
  }

  /** Of the keys that were attached all the while; a refusal is clear only if none came or went. */
  #ofLease(state: AuthState, asking: Asking, user: UserModel, refused: boolean): Verdict {
    const { attached, local, revision } = asking;
    const history = this.#history;
    if (attached === null || local || !history.whole) return "either";
    if (refused && revision !== history.revision) return "either";
    const forbidden = attached.some(
      (change) =>
        history.latest(change.told.key) === change &&
        !covers(state, user, "write", change.told.key, ""),
    );
    return forbidden ? "no" : "yes";
  }
}
