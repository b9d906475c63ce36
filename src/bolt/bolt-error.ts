/** A file is not what bbolt writes, or not whole. */
export class BoltError extends Error {
  override name = "BoltError";
  /** Where it is wrong; null: in no page in particular. */
  readonly page: number | null;

  constructor(page: number | null, what: string) {
    super(page === null ? what : `page ${page}: ${what}`);
    this.page = page;
  }
}
