/** Rows of whole numbers (32 bits) of one width; each is kept once. Grows as needed, up to `maxBytes`. */
export class ConfigurationSet {
  private readonly width: number;
  private readonly maxBytes: number;
  private rows: Int32Array;
  /** A row is taken where its first number, one more than what was given, is not 0. */
  private mask: number;
  size = 0;

  constructor(width: number, maxBytes: number) {
    this.width = width;
    this.maxBytes = maxBytes;
    // Few: there is a set for each key, and most keys see little.
    const slots = 16;
    this.rows = new Int32Array(slots * width);
    this.mask = slots - 1;
  }

  get bytes(): number {
    return this.rows.byteLength;
  }

  /** Whether there is no room for more. */
  get full(): boolean {
    return this.size * 2 > this.mask && this.rows.byteLength * 2 > this.maxBytes;
  }

  /** Adds `row`, whose first number is 0 or more; false if it was there. Not to be called when it is full. */
  add(row: Int32Array): boolean {
    if (this.size * 2 > this.mask) this.grow();
    if (!this.insert(this.rows, this.mask, row, 0, 1)) return false;
    this.size++;
    return true;
  }

  private grow(): void {
    const { rows, width } = this;
    const mask = this.mask * 2 + 1;
    const grown = new Int32Array((mask + 1) * width);
    for (let at = 0; at < rows.length; at += width) {
      if (rows[at] !== 0) this.insert(grown, mask, rows, at, 0);
    }
    this.rows = grown;
    this.mask = mask;
  }

  /** `lift` is added to the row's first number. */
  private insert(
    rows: Int32Array,
    mask: number,
    row: Int32Array,
    at: number,
    lift: number,
  ): boolean {
    const { width } = this;
    const first = (row[at] as number) + lift;
    let hash = Math.imul(first, 0x9e3779b1);
    for (let i = 1; i < width; i++) {
      hash = Math.imul(hash ^ (row[at + i] as number), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const to = slot * width;
      const taken = rows[to] as number;
      if (taken === 0) {
        rows[to] = first;
        for (let i = 1; i < width; i++) rows[to + i] = row[at + i] as number;
        return true;
      }
      if (taken === first && this.equal(rows, to, row, at)) return false;
      slot = (slot + 1) & mask;
    }
  }

  private equal(rows: Int32Array, to: number, row: Int32Array, at: number): boolean {
    for (let i = 1; i < this.width; i++) if (rows[to + i] !== row[at + i]) return false;
    return true;
  }
}
