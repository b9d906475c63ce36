import { EventEmitter } from "node:events";
import { asciiText } from "./ascii.ts";
import type { Size } from "./layout.ts";

/** What we need of a terminal's output; `process.stdout` is one. */
export interface TerminalOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): boolean;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

const ALTERNATE_SCREEN = "\u001B[?1049h";
const NORMAL_SCREEN = "\u001B[?1049l";
const HIDE_CURSOR = "\u001B[?25l";
const SHOW_CURSOR = "\u001B[?25h";
const CLEAR = "\u001B[2J";
// Pictures of before a resize may be wider than the terminal: they are cut, and don't run into the next row.
const NO_WRAP = "\u001B[?7l";
const WRAP = "\u001B[?7h";
// Presses and the wheel, told in decimal numbers (xterm's modes 1000 and 1006).
const MOUSE = "\u001B[?1000h\u001B[?1006h";
const NO_MOUSE = "\u001B[?1006l\u001B[?1000l";
const ERASE_LINE = "\u001B[2K";
const RESET = "\u001B[0m";

/**
 * The terminal as ink sees it. Ink runs in its debug mode, in which every write is a whole picture
 * without any movement of the cursor; here only the lines that changed reach the terminal, each
 * addressed by its number. So a picture is right whatever the terminal did to the one before, and
 * the scroll-back is never touched. (Ink's own incremental rendering counts from where it believes
 * the cursor to be; 6.8 is off by one after the first picture, and lost after a resize.)
 */
export class ScreenStream extends EventEmitter {
  readonly isTTY = true;
  readonly #output: TerminalOutput;
  readonly #ascii: boolean;
  readonly #mouse: boolean;
  /** The lines on the screen now; undefined where that is unknown. */
  #shown: string[] = [];
  #entered = false;

  /**
   * @param ascii the terminal shows no more than ASCII
   * @param mouse the terminal tells what the mouse does, and marks no text with it meanwhile
   */
  constructor(output: TerminalOutput, ascii = false, mouse = false) {
    super();
    this.#output = output;
    this.#ascii = ascii;
    this.#mouse = mouse;
  }

  get columns(): number {
    return this.#output.columns ?? 80;
  }

  get rows(): number {
    return this.#output.rows ?? 24;
  }

  readonly size = (): Size => ({ columns: this.columns, rows: this.rows });

  readonly onResize = (listener: () => void): (() => void) => {
    this.on("resize", listener);
    return () => this.off("resize", listener);
  };

  readonly #resized = (): void => {
    this.#shown = [];
    this.#output.write(CLEAR);
    this.emit("resize");
  };

  /** Takes the next picture. */
  write(picture: string): boolean {
    // Ink shows the cursor again on its way out; so do we, in leave().
    if (!this.#entered || picture === SHOW_CURSOR) return true;
    const lines = (this.#ascii ? asciiText(picture) : picture).split("\n").slice(0, this.rows);
    let changes = "";
    for (let i = 0; i < lines.length || i < this.#shown.length; i++) {
      const line = lines[i] ?? "";
      if (line === this.#shown[i]) continue;
      // Erased first: behind a full line there is nothing to erase, and some terminals would take
      // its last column away.
      changes += `\u001B[${i + 1};1H${ERASE_LINE}${line}${RESET}`;
    }
    this.#shown = lines;
    return changes === "" || this.#output.write(changes);
  }

  /** Switches to the alternate screen: what stood there before comes back at the end. */
  enter(): void {
    this.#entered = true;
    this.#shown = [];
    this.#output.on("resize", this.#resized);
    this.#output.write(
      ALTERNATE_SCREEN + HIDE_CURSOR + NO_WRAP + CLEAR + (this.#mouse ? MOUSE : ""),
    );
  }

  /** Gives the terminal back as it was; once, however often it is called. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#output.off("resize", this.#resized);
    this.#output.write((this.#mouse ? NO_MOUSE : "") + WRAP + NORMAL_SCREEN + SHOW_CURSOR);
  }
}
