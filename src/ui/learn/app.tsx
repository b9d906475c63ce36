import { Box, useApp, useInput } from "ink";
import { useCallback, useEffect, useLayoutEffect, useReducer } from "react";
import type { Progress } from "../../learn/progress.ts";
import { RowText, useSize, useTicks } from "../app.tsx";
import type { ColourDepth } from "../colour-depth.ts";
import type { Size } from "../layout.ts";
import type { Action as PlayerAction } from "../player.ts";
import type { Classroom } from "./classroom.ts";
import { pressedKeys } from "./keys.ts";
import { actionOf, learnScreen } from "./screen.ts";
import { type LearnAction, type LearnState, reduceLearning } from "./state.ts";

export interface LearnAppProps {
  readonly room: Classroom;
  readonly start: LearnState;
  readonly notice: string;
  /** Called with what was learnt, whenever that changed. */
  readonly onProgress: (progress: Progress) => void;
  readonly colour: ColourDepth;
  readonly size: () => Size;
  readonly onResize: (listener: () => void) => () => void;
  readonly onLeave: () => void;
}

/** What is done, or the key that was pressed. */
type Event = LearnAction | string;

/** The list of lessons and the lessons themselves, on a terminal. */
export function LearnApp(props: LearnAppProps) {
  const { room, start, notice, onProgress, colour, size, onResize, onLeave } = props;
  const { exit } = useApp();
  const now = useSize(size, onResize);
  // Which action a key means depends on what the keys before it did: keys come faster than pictures.
  const [state, dispatch] = useReducer((before: LearnState, event: Event) => {
    if (typeof event !== "string") return reduceLearning(before, event, room);
    const action = actionOf(event, before, room, size(), notice);
    return action === null ? before : reduceLearning(before, action, room);
  }, start);
  useInput((input, key) => {
    for (const name of pressedKeys(input, key)) dispatch(name);
  });
  useLayoutEffect(() => onLeave, [onLeave]);
  const tick = useCallback((action: PlayerAction) => dispatch({ type: "play", action }), []);
  useTicks(state.player?.playing === true, tick);
  useEffect(() => onProgress(state.progress), [state.progress, onProgress]);
  useEffect(() => {
    if (state.left) exit();
  }, [state.left, exit]);
  const { rows } = learnScreen(state, room, now, notice);
  return (
    <Box flexDirection="column" width={now.columns}>
      {rows.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <RowText key={i} row={row} colour={colour} />
      ))}
    </Box>
  );
}
