import type { Path } from "../language/names.ts";

/** A change of a scenario's data, from outside its file: `cluster.pre-vote=false`. */
export interface Edit {
  readonly path: Path;
  /** What is to stand there, as YAML. */
  readonly yaml: string;
  /** As it was written: `cluster.pre-vote=false`. */
  readonly text: string;
  /** How messages name it, in the place of a file. */
  readonly label: string;
}

/** `steps[2].at=1s`: keys, and indexes from 0 on. Returns a sentence if the text is no change. */
export function parseEdit(text: string): Edit | string {
  const end = text.indexOf("=");
  const place = end < 0 ? text : text.slice(0, end);
  if (end < 0 || !PLACE.test(place)) {
    return 'a change is written PATH=VALUE: "cluster.pre-vote=false", "steps[2].after=2s"';
  }
  const path = [...place.matchAll(PART)].map(([, key, index]) =>
    index === undefined ? (key as string) : Number(index),
  );
  return { path, yaml: text.slice(end + 1), text, label: `--set ${text}:` };
}

const PLACE = /^[^.[\]\s]+(?:\.[^.[\]\s]+|\[[0-9]{1,9}\])*$/;
const PART = /([^.[\]]+)(?=[.[]|$)|\[([0-9]+)\]/g;
