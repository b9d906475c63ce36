/** The lines of a text that comes in pieces, one after the other: no more of it is held than a piece and a line. */
export class LineReader {
  readonly #pieces: Iterator<string>;
  #piece = "";
  /** Where the next line begins in the piece. */
  #at = 0;
  #line = "";
  #number = 0;
  #isCut = false;

  constructor(pieces: Iterable<string>) {
    this.#pieces = pieces[Symbol.iterator]();
  }

  /** The line that was read last, without its newline. */
  get line(): string {
    return this.#line;
  }

  /** Its number, from 1; 0 before the first. */
  get number(): number {
    return this.#number;
  }

  /** It is the last one, and has no newline. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Goes to the next line; false if there is none, and then all stays as it was. */
  next(): boolean {
    let begun = "";
    for (;;) {
      const end = this.#piece.indexOf("\n", this.#at);
      if (end >= 0) {
        this.#take(begun + this.#piece.slice(this.#at, end), false);
        this.#at = end + 1;
        return true;
      }
      begun += this.#piece.slice(this.#at);
      const { done, value } = this.#pieces.next();
      this.#piece = done === true ? "" : value;
      this.#at = 0;
      if (done !== true) continue;
      if (begun === "") return false;
      this.#take(begun, true);
      return true;
    }
  }

  #take(line: string, isCut: boolean): void {
    this.#line = line;
    this.#isCut = isCut;
    this.#number++;
  }
}
