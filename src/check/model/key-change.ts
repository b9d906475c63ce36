import type { KeyChange } from "../../trace/events.ts";

/** What is wrong with a change, given what the key held before. */
export function succession(
  told: KeyChange,
  old: KeyChange | null,
  revision: number,
): string | null {
  const { key } = told;
  if (told.type === "delete") return old === null ? `"${key}" is deleted, and is not there` : null;
  const version = old === null ? 1 : old.version + 1;
  const created = old === null ? revision : old.createRevision;
  if (told.version === version && told.createRevision === created) return null;
  return (
    `"${key}" has version ${told.version}, created at revision ${told.createRevision}, ` +
    `and should have version ${version}, created at revision ${created},`
  );
}

export function equal(a: KeyChange, b: KeyChange): boolean {
  return (
    a.key === b.key &&
    a.type === b.type &&
    a.value === b.value &&
    a.version === b.version &&
    a.createRevision === b.createRevision &&
    a.lease === b.lease
  );
}

const SHOWN = 4;

export function listed(changes: readonly KeyChange[]): string {
  const shown = changes.slice(0, SHOWN).map(changeText).join(", ");
  return changes.length > SHOWN ? `${shown} and ${changes.length - SHOWN} more` : shown;
}

/** `put a=1`, `delete a`. */
function changeText({ type, key, value }: KeyChange): string {
  return type === "put" ? `put ${key}=${value}` : `delete ${key}`;
}
