import { timeText } from "../trace/names.ts";
import { type PlayerState, reduce, startState } from "../ui/player.ts";
import type { Recording } from "../ui/recording.ts";
import { screenRows } from "../ui/screen.ts";
import { ScreenStream } from "../ui/screen-stream.ts";
import type { FormatOptions, Note, Run, TerminalSize, Write } from "./options.ts";
import { ansiRow } from "./screen/ansi.ts";
import { recordingFor, SIZE, stateAt } from "./screen/moment.ts";
import { DARK } from "./screen/palette.ts";

/** Twenty pictures a second. */
const TICK_MS = 50;
/** Five minutes in which something moves: a run may be told in hours, and nobody looks on for so long. */
const MOST_PICTURES = 6000;
/** The end stays on the screen. */
const LAST_MS = 2000;

/**
 * What the terminal is sent while the visualizer plays the run, in asciinema's asciicast format
 * (docs.asciinema.org/manual/asciicast/v3/): a header, then one event a line. Elections and faults
 * are markers, to jump to.
 */
export const writeAsciicast: Write = (run, options, note) =>
  cast(run, options, note, MOST_PICTURES);

/** @param most pictures at which the cast ends, and says so */
export function* cast(
  run: Run,
  options: FormatOptions,
  note: Note,
  most: number,
): Generator<string, void> {
  const size = options.size ?? SIZE;
  const version = options.castVersion ?? 3;
  const recording = recordingFor(run, size);
  const title = run.header.title === "" ? run.header.name : run.header.title;
  yield `${JSON.stringify(header(version, size, title))}\n`;
  const lines = new CastLines(version);
  const terminal = new Terminal(size);
  let state = begin(recording, options);
  let ms = 0;
  for (let pictures = 0; ; pictures++) {
    const picture = screenRows(recording, state, size, []).map((row) => ansiRow(row, size.columns));
    yield* lines.line(ms, "o", terminal.draw(picture.join("\n")));
    if (!state.playing) break;
    if (pictures === most) {
      note(
        `the cast ends at ${timeText(state.now)} of ${timeText(recording.end)}, after ${Math.floor(ms / 60_000)} minutes: play it faster with --speed, or a part of it with --from and --until`,
      );
      break;
    }
    // While a line is held nothing moves.
    const wait = state.hold > TICK_MS ? Math.ceil(state.hold) : TICK_MS;
    const before = state;
    state = reduce(state, { type: "tick", ms: wait }, recording);
    ms += wait;
    for (const label of markers(recording, before, state)) yield* lines.line(ms, "m", label);
  }
  yield* lines.line(ms + LAST_MS, "o", "\u001b[0m");
}

function header(version: 2 | 3, { columns, rows }: TerminalSize, title: string): object {
  const { ink, paper, colours } = DARK;
  const { black, red, green, yellow, blue, magenta, cyan, white, gray } = colours;
  const normal = [black, red, green, yellow, blue, magenta, cyan, white];
  const bright = [gray, red, green, yellow, blue, magenta, cyan, white];
  const theme = { fg: ink, bg: paper, palette: [...normal, ...bright].join(":") };
  if (version === 2) return { version, width: columns, height: rows, title, theme };
  return { version, term: { cols: columns, rows, type: "xterm-256color", theme }, title };
}

function begin(recording: Recording, { from, speed = 1 }: FormatOptions): PlayerState {
  return from === undefined
    ? startState(speed)
    : { ...stateAt(recording, from), speed, playing: true };
}

/** What a player may jump to: the elections and faults between two states. */
function* markers(recording: Recording, before: PlayerState, after: PlayerState) {
  if (after.position === before.position) return;
  for (const place of [...recording.faults, ...recording.elections].sort((a, b) => a - b)) {
    if (place <= before.position || place > after.position) continue;
    const line = recording.lineAtStop(place);
    if (line !== undefined) yield `${timeText(line.at)} ${line.actor} ${line.text}`;
  }
}

/** Version 2 counts seconds from the start, version 3 from the event before. */
class CastLines {
  readonly #version: 2 | 3;
  #before = 0;

  constructor(version: 2 | 3) {
    this.#version = version;
  }

  *line(ms: number, code: "o" | "m", data: string): Generator<string, void> {
    if (data === "") return;
    const time = this.#version === 2 ? ms : ms - this.#before;
    this.#before = ms;
    yield `[${(time / 1000).toFixed(3)}, "${code}", ${JSON.stringify(data)}]\n`;
  }
}

/** Gives what the visualizer would send to a terminal of that size. */
class Terminal {
  readonly #stream: ScreenStream;
  #sent = "";

  constructor({ columns, rows }: TerminalSize) {
    this.#stream = new ScreenStream({
      columns,
      rows,
      write: (text) => {
        this.#sent += text;
        return true;
      },
      on: () => undefined,
      off: () => undefined,
    });
    this.#stream.enter();
  }

  draw(picture: string): string {
    this.#stream.write(picture);
    const sent = this.#sent;
    this.#sent = "";
    return sent;
  }
}
