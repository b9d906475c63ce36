import { render } from "ink";
import type { ReactElement } from "react";
import { wantsAscii } from "./ascii.ts";
import { type ColourDepth, colourDepth } from "./colour-depth.ts";
import type { Size } from "./layout.ts";
import { ScreenStream, type TerminalOutput } from "./screen-stream.ts";

/** The terminal that something is drawn on. */
export interface DrawOptions {
  /** `process.stdout` and `process.stdin` if absent. */
  readonly stdout?: TerminalOutput;
  readonly stdin?: NodeJS.ReadStream;
  /** No sign beyond ASCII; absent: as the locale and TERM say. */
  readonly ascii?: boolean;
  /** What the mouse does is told; absent: it isn't, and marks text as usual. */
  readonly mouse?: boolean;
  /** Its colours; absent: as the environment says. */
  readonly colour?: ColourDepth;
}

/** What whoever draws is given of it. */
export interface OnTerminal {
  readonly colour: ColourDepth;
  readonly size: () => Size;
  readonly onResize: (listener: () => void) => () => void;
  readonly onLeave: () => void;
}

/** Draws on the whole terminal until what is drawn exits, and gives the terminal back. */
export async function drawOn(
  options: DrawOptions,
  draw: (terminal: OnTerminal) => ReactElement,
): Promise<void> {
  const colour = options.colour ?? colourDepth(process.env);
  const ascii = options.ascii ?? wantsAscii(process.env);
  const screen = new ScreenStream(options.stdout ?? process.stdout, ascii, options.mouse);
  const leave = () => screen.leave();
  const app = draw({ colour, size: screen.size, onResize: screen.onResize, onLeave: leave });
  process.once("exit", leave);
  screen.enter();
  try {
    const ink = render(app, {
      stdout: screen as unknown as NodeJS.WriteStream,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      debug: true, // whole pictures: see ScreenStream
      patchConsole: false,
    });
    await ink.waitUntilExit();
  } finally {
    process.off("exit", leave);
    leave();
  }
}
