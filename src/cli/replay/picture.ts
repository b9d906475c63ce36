import { InputError } from "../../scenario/read/input-error.ts";
import type { Moment } from "../../scenario/read/moment.ts";
import type { ScenarioRun } from "../../scenario/run/run.ts";
import { placeAt } from "../../ui/place-at.ts";
import { startState } from "../../ui/player.ts";
import { Recording } from "../../ui/recording.ts";
import { screenRows } from "../../ui/screen.ts";
import { textOf } from "../../ui/style.ts";

/** As wide as a page is read well, and as high as five members and their story need. */
const SIZE = { columns: 100, rows: 32 };

/** A moment of a run as the terminal would show it, as plain text. Throws InputError if it has none such. */
export function pictureAt({ header, events, violations }: ScenarioRun, moment: Moment): string {
  const recording = new Recording(header, events, violations);
  const place = placeAt(recording, moment);
  if (typeof place === "string") throw InputError.plain(place);
  const state = { ...startState(), playing: false, ...place };
  const rows = screenRows(recording, state, SIZE, []).slice(0, -1);
  return rows.map((row) => textOf(row).trimEnd()).join("\n");
}
