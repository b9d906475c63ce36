/** What is wrong with a trace file: the message begins with `file:line:col` and ends with a remedy. */
export class TraceError extends Error {
  override name = "TraceError";
  readonly file: string;
  readonly line: number;
  readonly column: number;

  constructor(file: string, line: number, column: number, problem: string, remedy: string) {
    super(`${file}:${line}:${column} ${problem} — ${remedy}`);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}
