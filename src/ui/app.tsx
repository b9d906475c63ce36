import { Box, Text, useApp, useInput } from "ink";
import { memo, useEffect, useLayoutEffect, useReducer, useState } from "react";
import { terminalText } from "../base/terminal-text.ts";
import { actionsOf } from "./keys.ts";
import type { Size } from "./layout.ts";
import { type Action, type PlayerState, reduce } from "./player.ts";
import type { Recording } from "./recording.ts";
import { screenRows } from "./screen.ts";
import type { Row, Segment } from "./style.ts";

const TICK_MS = 40;

export interface AppProps {
  readonly recording: Recording;
  readonly start: PlayerState;
  /** Shown at the end of the story. */
  readonly verdict: readonly Row[];
  readonly colour: boolean;
  /** The terminal's size now, and how to hear of changes; returns how to stop hearing. */
  readonly size: () => Size;
  readonly onResize: (listener: () => void) => () => void;
  /** Called when the app goes, whether the user quits or a signal ends the process. */
  readonly onLeave: () => void;
}

export function App({ recording, start, verdict, colour, size, onResize, onLeave }: AppProps) {
  const { exit } = useApp();
  const [state, dispatch] = useReducer(
    (before: PlayerState, action: Action) => reduce(before, action, recording),
    start,
  );
  useInput((input, key) => {
    for (const action of actionsOf(input, key)) {
      if (action === "quit") exit();
      else dispatch(action);
    }
  });
  useLayoutEffect(() => onLeave, [onLeave]);
  useTicks(state.playing && !state.help, dispatch);
  const now = useSize(size, onResize);
  const rows = screenRows(recording, state, now, verdict);
  return (
    <Box flexDirection="column" width={now.columns}>
      {rows.map((row, i) => (
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
  readonly colour: boolean;
}

/** A row, drawn again only if it changed. */
export const RowText = memo(
  ({ row, colour }: RowProps) => (
    <Text wrap="truncate">
      {row.length === 0 ? " " : row.map((segment, i) => draw(segment, i, colour))}
    </Text>
  ),
  (a, b) => a.colour === b.colour && JSON.stringify(a.row) === JSON.stringify(b.row),
);

function draw(segment: Segment, key: number, colour: boolean) {
  const { text, color, background, bold = false, dim = false, inverse = false } = segment;
  return (
    <Text
      key={key}
      {...(colour && color !== undefined ? { color } : {})}
      {...(colour && background !== undefined ? { backgroundColor: background } : {})}
      bold={bold}
      dimColor={dim}
      inverse={inverse}
    >
      {terminalText(text)}
    </Text>
  );
}
