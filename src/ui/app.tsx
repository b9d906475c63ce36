import { Box, Text, useApp, useInput } from "ink";
import { memo, useEffect, useLayoutEffect, useReducer, useState } from "react";
import { terminalText } from "../base/terminal-text.ts";
import { benchRows } from "./bench-rows.ts";
import type { ColourDepth } from "./colour-depth.ts";
import type { Size } from "./layout.ts";
import { mouseWorks } from "./mouse.ts";
import type { Action } from "./player.ts";
import type { Recording } from "./recording.ts";
import { sgrOf } from "./sgr.ts";
import type { Row, Segment } from "./style.ts";
import { type Outside, type Work, type Workbench, work } from "./workbench.ts";
import { type TypingKey, worksOf } from "./workbench-keys.ts";

const TICK_MS = 40;

export interface AppProps {
  readonly start: Workbench;
  /** Shown at the end of the story of a run that ends by itself. */
  readonly verdict: readonly Row[];
  readonly outside: Outside;
  /** Tells of a live run as it grows; returns how to stop hearing. Absent: the run is over. */
  readonly onGrown?: ((listener: (recording: Recording) => void) => () => void) | undefined;
  readonly colour: ColourDepth;
  /** The terminal's size now, and how to hear of changes; returns how to stop hearing. */
  readonly size: () => Size;
  readonly onResize: (listener: () => void) => () => void;
  /** Called when the app goes, whether the user quits or a signal ends the process. */
  readonly onLeave: () => void;
}

interface Shown {
  readonly bench: Workbench;
  /** Somebody quit. */
  readonly left: boolean;
}

interface Press {
  readonly input: string;
  readonly key: TypingKey;
}

export function App(props: AppProps) {
  const { start, verdict, outside, onGrown, colour, size, onResize, onLeave } = props;
  const { exit } = useApp();
  // What a key means depends on what the keys before it did: they come faster than pictures.
  const [{ bench, left }, dispatch] = useReducer(
    (before: Shown, event: Work | Press): Shown => {
      if ("type" in event) return { ...before, bench: work(before.bench, event, outside) };
      const { input, key } = event;
      const works =
        mouseWorks(input, before.bench, size()) ?? worksOf(input, key, before.bench.mode);
      let { bench: now, left: leaves } = before;
      for (const what of works) {
        if (what === "quit") leaves = true;
        else now = work(now, what, outside);
      }
      return { bench: now, left: leaves };
    },
    { bench: start, left: false },
  );
  useInput((input, key) => dispatch({ input, key }));
  useEffect(() => {
    if (left) exit();
  }, [left, exit]);
  useEffect(() => onGrown?.((recording) => dispatch({ type: "grown", recording })), [onGrown]);
  useLayoutEffect(() => onLeave, [onLeave]);
  useTicks(bench.player.playing && !bench.player.help, (action) =>
    dispatch({ type: "player", action }),
  );
  const now = useSize(size, onResize);
  return (
    <Box flexDirection="column" width={now.columns}>
      {benchRows(bench, now, verdict).map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <RowText key={i} row={row} colour={colour} />
      ))}
    </Box>
  );
}

/** Tells how much real time went by, while something is running. */
export function useTicks(running: boolean, dispatch: (action: Action) => void): void {
  useEffect(() => {
    if (!running) return;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      dispatch({ type: "tick", ms: now - last });
      last = now;
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [running, dispatch]);
}

export function useSize(size: () => Size, onResize: AppProps["onResize"]): Size {
  const [now, setNow] = useState(size);
  useEffect(() => onResize(() => setNow(size())), [size, onResize]);
  return now;
}

interface RowProps {
  readonly row: Row;
  readonly colour: ColourDepth;
}

/** A row, drawn again only if it changed. */
export const RowText = memo(
  ({ row, colour }: RowProps) => (
    <Text wrap="truncate">
      {row.length === 0 ? " " : row.map((segment) => draw(segment, colour)).join("")}
    </Text>
  ),
  (a, b) => a.colour === b.colour && JSON.stringify(a.row) === JSON.stringify(b.row),
);

/** With the codes of our own: ink's would need to be told of the terminal's colours, too. */
function draw({ text, ...look }: Segment, colour: ColourDepth): string {
  const codes = sgrOf(look, colour);
  const shown = terminalText(text);
  return codes.length === 0 ? shown : `\u001B[${codes.join(";")}m${shown}\u001B[0m`;
}
