import { joined, type Row, type Segment } from "./style.ts";

export type Look = Omit<Segment, "text">;

/** A picture of characters that may be drawn over each other. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #cells: (Segment | undefined)[];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#cells = new Array(width * height);
  }

  /** Writes over what stands there; what is outside is left out. */
  put(x: number, y: number, text: string, look: Look = {}): void {
    if (y < 0 || y >= this.height) return;
    for (let i = 0; i < text.length; i++) {
      const column = x + i;
      if (column < 0 || column >= this.width) continue;
      this.#cells[y * this.width + column] = { text: text[i] as string, ...look };
    }
  }

  /** Whether nothing was written there yet. */
  free(x: number, y: number): boolean {
    return (
      x >= 0 && x < this.width && y >= 0 && y < this.height && !this.#cells[y * this.width + x]
    );
  }

  /** The places between two points, both included. */
  *line(x0: number, y0: number, x1: number, y1: number): Generator<readonly [number, number]> {
    const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
    for (let i = 0; i <= steps; i++) {
      const part = steps === 0 ? 0 : i / steps;
      yield [Math.round(x0 + (x1 - x0) * part), Math.round(y0 + (y1 - y0) * part)];
    }
  }

  rows(): Row[] {
    return Array.from({ length: this.height }, (_, y) =>
      joined(
        Array.from({ length: this.width }, (_, x) => this.#cells[y * this.width + x] ?? BLANK),
      ),
    );
  }
}

const BLANK: Segment = { text: " " };
