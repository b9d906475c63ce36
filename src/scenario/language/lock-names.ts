import { mutexName } from "../run/client-book.ts";
import type { Names, NamesOf, Path } from "./names.ts";

/** A client asks for a lock or a leadership of this name, and writes below it. */
export function giveLock(names: Names, client: number, name: string): void {
  names.give("lock", name);
  names.give("holder", mutexName(client, name));
  names.giveKeys(`${name}/*`);
}

/** The lock of this name that the client has taken itself. */
export function referToOwnLock(names: Names, client: number, name: string, ...at: Path): void {
  names.refer("lock", name, ...at);
  if (names.has("lock", name) && !names.has("holder", mutexName(client, name))) {
    names.complain(`client ${client} does not take the lock "${name}" before`, at);
  }
}

/** `{jobs: 2}`: client 2 has the lock, or the leadership. */
export const referToHolders: NamesOf<Readonly<Record<string, number>>> = (names, input) => {
  for (const [name, client] of Object.entries(input)) {
    names.referByKey("lock", name, name);
    if (names.has("lock", name) && !names.has("holder", mutexName(client, name))) {
      names.complain(`client ${client} does not ask for "${name}" before`, [name]);
    }
  }
};
