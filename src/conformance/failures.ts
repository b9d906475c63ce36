/** The three ways in which a script can stop a run, other than by a difference in its output. */

/** The text of the file cannot be read as data-driven tests. `remedy` says what to write instead. */
export class ScriptError extends Error {
  override name = "ScriptError";
  readonly line: number;
  readonly remedy: string;

  constructor(line: number, message: string, remedy: string) {
    super(message);
    this.line = line;
    this.remedy = remedy;
  }
}

/**
 * An argument that the harness refuses, where etcd-io/raft's would call `t.Fatal`: there is no
 * output to compare, and the file cannot go on.
 */
export class HarnessFatal extends Error {
  override name = "HarnessFatal";
}

/** What would be a Go runtime panic in the original harness, e.g. a node that does not exist. */
export class GoPanic extends Error {
  override name = "GoPanic";
}

/** The panic of `slice[index]` in Go, for an index outside of a slice of `length` items. */
export function indexPanic(index: number, length: number): GoPanic {
  const bound = index < 0 ? "" : ` with length ${length}`;
  return new GoPanic(`runtime error: index out of range [${index}]${bound}`);
}
