/**
 * A mistake that was made in etcd, in a client of it, or in reading the Raft paper, and that this
 * code can make again on purpose. Each is a switch that is off unless `bugs:` of a scenario names it.
 */
export interface KnownMistake {
  /** What scenarios call it: a letter for where it belongs (R: Raft, W: log and backend, …), a number. */
  readonly id: string;
  /** What the code calls it: says what whoever makes the mistake does. */
  readonly name: string;
  /** What goes wrong, in half a sentence. */
  readonly title: string;
  /** How it came about and what it breaks, as far as that is known. */
  readonly story: string;
  /** Where it is told: `owner/repository#issue`, `owner/repository@commit`, a paper, a test. */
  readonly source: readonly string[];
}

/** Whether each mistake of a catalogue is made, by name. */
export type Switches<Catalogue extends readonly KnownMistake[]> = Readonly<
  Record<Catalogue[number]["name"], boolean>
>;
