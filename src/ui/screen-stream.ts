import { EventEmitter } from "node:events";
import type { Size } from "./layout.ts";

/** What we need of a terminal's output; `process.stdout` is one. */
export interface TerminalOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): boolean;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

const ENTER = "\u001B[?1049h\u001B[2J\u001B[H";
const LEAVE = "\u001B[?1049l\u001B[?25h";

/**
 * The terminal as ink sees it: endlessly high. Ink clears the terminal, its scroll-back included,
 * when its output is as high as the screen, which happens while a window is made smaller; our
 * output never is for longer than that, and we draw anew ourselves.
 */
export class ScreenStream extends EventEmitter {
  readonly isTTY = true;
  readonly rows = 10_000;
  readonly #output: TerminalOutput;
  #entered = false;
  readonly #resized = () => this.emit("resize");

  constructor(output: TerminalOutput) {
    super();
    this.#output = output;
  }

  get columns(): number {
    return this.#output.columns ?? 80;
  }

  readonly size = (): Size => ({ columns: this.columns, rows: this.#output.rows ?? 24 });

  readonly onResize = (listener: () => void): (() => void) => {
    this.on("resize", listener);
    return () => this.off("resize", listener);
  };

  write(text: string): boolean {
    return this.#output.write(text);
  }

  /** Switches to the alternate screen: what stood there before comes back at the end. */
  enter(): void {
    this.#entered = true;
    this.#output.on("resize", this.#resized);
    this.#output.write(ENTER);
  }

  /** Gives the terminal back as it was; once, however often it is called. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#output.off("resize", this.#resized);
    this.#output.write(LEAVE);
  }
}
