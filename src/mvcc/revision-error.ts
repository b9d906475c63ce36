/** The asked revision is gone (compacted) or not yet there. */
export class RevisionError extends Error {
  override name = "RevisionError";
  readonly problem: "compacted" | "future";

  constructor(problem: "compacted" | "future") {
    super(
      problem === "compacted"
        ? "mvcc: required revision has been compacted"
        : "mvcc: required revision is a future revision",
    );
    this.problem = problem;
  }
}
