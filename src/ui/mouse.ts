import type { Size } from "./layout.ts";
import type { Work, Workbench } from "./workbench.ts";

/** What a terminal tells of the mouse in its mode 1006, but for the escape: button; column; row, from 1 on. */
const TOLD = /\[<(\d+);(\d+);(\d+)([Mm])/g;
/** Ink takes the first one off. */
const ESCAPE = "\u001B";
const LEFT = 0;
const WHEEL_UP = 64;
const WHEEL_DOWN = 65;
/** The row of the line of time. */
const TIMELINE = 2;

/**
 * What the mouse asks for: a press on the line of time goes there, the wheel steps, or scrolls a page. Null: it
 * was none of the mouse's doing.
 */
export function mouseWorks(input: string, bench: Workbench, { columns }: Size): Work[] | null {
  if (input === "" || input.replaceAll(ESCAPE, "").replace(TOLD, "") !== "") return null;
  // What is chosen or typed is done by keys.
  if (bench.mode.kind !== "watch") return [];
  return [...input.matchAll(TOLD)].flatMap(([, button, column, row, way]): Work[] => {
    if (way === "m") return [];
    switch (Number(button)) {
      case WHEEL_UP:
        return [wheel(bench, -1)];
      case WHEEL_DOWN:
        return [wheel(bench, 1)];
      case LEFT: {
        const action = { type: "point", column: Number(column) - 1, columns } as const;
        return Number(row) === TIMELINE ? [{ type: "player", action }] : [];
      }
      default:
        return [];
    }
  });
}

function wheel({ player }: Workbench, by: 1 | -1): Work {
  const reads = player.help || player.lesson;
  return {
    type: "player",
    action: reads ? { type: "cursor", by } : { type: "step", by, unit: "story" },
  };
}
