import { InputError } from "../../scenario/read/input-error.ts";
import type { Moment } from "../../scenario/read/moment.ts";
import { timeText } from "../../trace/names.ts";
import type { Question } from "../../trace/story/why-question.ts";
import { placeAt } from "../../ui/place-at.ts";
import { Recording } from "../../ui/recording.ts";
import type { Shown } from "./visualize.ts";
import { WHY_FORMS } from "./why-forms.ts";

/** The chain of causes behind what is asked, as text; without a moment, as of the end. Throws InputError. */
export function whyText(run: Shown, text: string, moment: Moment | undefined): string {
  const recording = new Recording(run.header, run.events, run.violations);
  const place = moment === undefined ? { position: recording.length } : placeAt(recording, moment);
  if (typeof place === "string") throw InputError.plain(place);
  const { position } = place;
  const question = questionIn(text, recording, position);
  const reasons = question === null ? null : recording.reasonsOf(question, position, false);
  if (reasons === null) {
    const at = timeText(recording.timeAt(position));
    throw InputError.plain(
      `--why "${text}": at ${at} there is no such thing; ask for ${WHY_FORMS}`,
    );
  }
  const lines: string[] = [];
  reasons.links.forEach(({ at, sentence, rule }, i) => {
    lines.push(`${timeText(at).padStart(9)}  ${i === 0 ? "" : "└ "}${sentence}`);
    if (rule === null || rule === reasons.links[i - 1]?.rule) return;
    lines.push(`${"".padStart(i === 0 ? 11 : 13)}${rule.place}: ${rule.rule}`);
  });
  return lines.join("\n");
}

/** What a text asks about; null where it is none of the forms, or the run has no such key. */
function questionIn(text: string, { store }: Recording, position: number): Question | null {
  const words = text.trim();
  const key = /^key (.+)$/.exec(words)?.[1];
  if (key !== undefined) {
    const version = store.versions(key, position).at(-1);
    return version === undefined ? null : { about: "key", key, seq: version.seq };
  }
  const lease = /^lease ([0-9a-f]+)$/.exec(words)?.[1];
  if (lease !== undefined) return { about: "lease", lease };
  const [, index, on] = /^entry (\d{1,9})(?: on m(\d{1,3}))?$/.exec(words) ?? [];
  if (index !== undefined) return { about: "entry", index: Number(index), member: Number(on ?? 0) };
  const [, kind, number] = /^(m|call |#)(\d{1,9})$/.exec(words) ?? [];
  if (number === undefined) return null;
  if (kind === "m") return { about: "member", member: Number(number) };
  if (kind === "#")
    return Number(number) > position ? null : { about: "event", seq: Number(number) };
  return { about: "call", op: Number(number) };
}
