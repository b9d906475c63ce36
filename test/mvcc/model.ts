/** The naive model of the store: a list of all events that there ever were. */
export interface ModelEvent {
  readonly revision: number;
  readonly key: string;
  /** null: deleted. */
  readonly value: string | null;
  readonly lease: bigint;
}

export interface ModelKey {
  readonly key: string;
  readonly value: string;
  readonly create: number;
  readonly mod: number;
  readonly version: number;
  readonly lease: bigint;
}

export class Model {
  readonly events: ModelEvent[] = [];
  revision = 1;
  compacted = -1;

  /** One transaction: all changes share a revision, if there are any. */
  write(changes: readonly Omit<ModelEvent, "revision">[]): void {
    if (changes.length === 0) return;
    this.revision++;
    for (const change of changes) this.events.push({ ...change, revision: this.revision });
  }

  /** All keys as of a revision, in order: every event from the first on, replayed. */
  at(revision: number): ModelKey[] {
    const keys = new Map<string, ModelKey>();
    for (const event of this.events) {
      if (event.revision > revision) break;
      const { key, value, lease } = event;
      const old = keys.get(key);
      if (value === null) keys.delete(key);
      else {
        const create = old?.create ?? event.revision;
        const version = (old?.version ?? 0) + 1;
        keys.set(key, { key, value, create, mod: event.revision, version, lease });
      }
    }
    return [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  range(key: string, end: string, revision: number): ModelKey[] {
    return this.at(revision).filter((kv) => inRange(kv.key, key, end));
  }
}

export function inRange(key: string, from: string, end: string): boolean {
  if (end === "") return key === from;
  return key >= from && (end === "\0" || key < end);
}
