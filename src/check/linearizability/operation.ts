/** An operation in a history: what a client asked for, when, and what it was answered. */
export interface Operation<Input = unknown, Output = unknown> {
  /** Whose: operations of one client never overlap in a well-formed history, but nothing here asks for it. */
  readonly client: string;
  readonly input: Input;
  /** null: it may or may not have happened, and nobody knows what it answered. */
  readonly output: Output | null;
  /** When it was invoked and when it ended, in any unit of time; +∞: it never ended, so that it may take effect at any time. */
  readonly call: number;
  readonly return: number;
  /** Where the invocation stands in the file, from 1 on; 0: in none. */
  readonly line: number;
}
