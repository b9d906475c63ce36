import { EventEmitter } from "node:events";
import xterm from "@xterm/headless";
import { startVisualizer, type VisualizerOptions } from "../../src/ui/start.ts";

/** What ink needs of a keyboard. */
class Keyboard extends EventEmitter {
  readonly isTTY = true;
  raw = false;
  readonly #typed: string[] = [];

  setRawMode(on: boolean): void {
    this.raw = on;
  }
  setEncoding(): void {}
  ref(): void {}
  unref(): void {}
  read(): string | null {
    return this.#typed.shift() ?? null;
  }
  type(text: string): void {
    this.#typed.push(text);
    this.emit("readable");
  }
}

/** A real terminal emulator with the visualizer in it. */
export class TestTerminal extends EventEmitter {
  readonly isTTY = true;
  readonly keyboard = new Keyboard();
  readonly #emulator: InstanceType<typeof xterm.Terminal>;
  /** Resolves when the visualizer has gone. */
  done: Promise<void> = Promise.resolve();
  /** Everything ever written. */
  written = "";

  constructor(columns: number, rows: number) {
    super();
    this.#emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#emulator.write("$ before\r\n");
  }

  get columns(): number {
    return this.#emulator.cols;
  }

  get rows(): number {
    return this.#emulator.rows;
  }

  write(text: string): boolean {
    this.written += text;
    // A terminal in raw output mode would not return the carriage; one with onlcr does.
    this.#emulator.write(text.replace(/\r?\n/g, "\r\n"));
    return true;
  }

  /** Starts paused at the beginning, so that tests do not race the clock. */
  async open(options: Omit<VisualizerOptions, "stdout" | "stdin">): Promise<void> {
    await this.begin(options);
    await this.press(" ", "g");
  }

  /** As people start it. */
  async begin(options: Omit<VisualizerOptions, "stdout" | "stdin">): Promise<void> {
    await this.run((terminal) => startVisualizer({ ascii: false, ...options, ...terminal }));
  }

  /** Starts anything that draws on a terminal. */
  async run(
    start: (terminal: { stdout: TestTerminal; stdin: NodeJS.ReadStream }) => Promise<void>,
  ): Promise<void> {
    this.done = start({ stdout: this, stdin: this.keyboard as unknown as NodeJS.ReadStream });
    await this.settle();
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) this.keyboard.type(key);
    await this.settle();
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.#emulator.resize(columns, rows);
    this.emit("resize");
    await this.settle();
  }

  /** Until nothing more was written for a moment, and the emulator has taken it in. */
  async settle(): Promise<void> {
    for (let before = -1; before !== this.written.length; ) {
      before = this.written.length;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await new Promise<void>((resolve) => this.#emulator.write("", resolve));
  }

  /** The rows on the screen now, without trailing spaces. */
  lines(): string[] {
    const buffer = this.#emulator.buffer.active;
    return Array.from({ length: this.rows }, (_, i) => {
      return buffer.getLine(buffer.viewportY + i)?.translateToString(true) ?? "";
    });
  }

  text(): string {
    return this.lines().join("\n");
  }

  /** The row that contains `text`. */
  row(text: string): string {
    return this.lines().find((line) => line.includes(text)) ?? "";
  }

  /** Foreground, background (numbers of the palette, or 0xRRGGBB; -1: default) and weight of a cell. */
  cell(row: number, column: number) {
    const cell = this.#emulator.buffer.active.getLine(row)?.getCell(column);
    return {
      text: cell?.getChars() ?? "",
      fg: cell === undefined || cell.isFgDefault() ? -1 : cell.getFgColor(),
      bg: cell === undefined || cell.isBgDefault() ? -1 : cell.getBgColor(),
      bold: (cell?.isBold() ?? 0) !== 0,
      inverse: (cell?.isInverse() ?? 0) !== 0,
    };
  }

  get alternate(): boolean {
    return this.#emulator.buffer.active.type === "alternate";
  }
}
