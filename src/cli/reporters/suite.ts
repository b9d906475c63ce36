/** What was run, as reporters of CI systems see it: test cases, each of which held or did not. */
export interface Suite {
  readonly name: string;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly cases: readonly SuiteCase[];
  /** How long it took, in real ms; null: not to be told, or unknown. */
  readonly ms: number | null;
}

export interface SuiteCase {
  readonly name: string;
  readonly ms: number | null;
  /** What is wrong; null: nothing. */
  readonly problem: SuiteProblem | null;
}

export interface SuiteProblem {
  /** A failure is one of what was tested, an error one of the testing itself. */
  readonly kind: "failure" | "error";
  readonly type: string;
  /** In one sentence. */
  readonly message: string;
  /** All that is to be said, on several lines. */
  readonly text: string;
}
