import type { StepData } from "../../scenario/read/scenario-data.ts";

/** What was asked of the control port is nothing that it knows; the message says what is. */
export class ControlError extends Error {
  override name = "ControlError";
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The step that a request stands for: `/faults` takes one in the words of a scenario, `/crash`, `/restart` and so
 * on its argument, `/clock` and `/disk` what a person would call it. Throws ControlError.
 */
export function stepOf(path: string, body: unknown): StepData {
  const word = path.replace(/^\//, "");
  if (word === "faults") return faultOf(body);
  if (word === "clock") return clockOf(objectOf(body, '{"member": "m1", "skew": "-1s"}'));
  if (word === "disk") return diskOf(objectOf(body, '{"member": "m1", "sync": "50ms"}'));
  return { [word]: argumentOf(word, body) };
}

/** `{"member": "m1"}` alone says no more than `"m1"`; nothing at all is `true`: `/heal`. */
function argumentOf(word: string, body: unknown): unknown {
  if (body === undefined) return word === "restart" ? "down" : word === "resume" ? "paused" : true;
  const { member, ...rest } = typeof body === "object" && body !== null ? (body as Json) : {};
  return member !== undefined && Object.keys(rest).length === 0 ? member : body;
}

function faultOf(body: unknown): StepData {
  const step = objectOf(body, '{"partition": [["m1"], ["m2", "m3"]]}');
  for (const key of ["at", "after", "when"]) {
    if (key in step) throw new ControlError(`"${key}": what is asked for here happens at once`);
  }
  return step;
}

function clockOf({ member, skew, drift, ...rest }: Json): StepData {
  refuseRest(rest, "a clock has a member, and skew (a time) or drift (in ppm)");
  if (skew !== undefined) return { skew: { member, by: skew } };
  if (drift !== undefined) return { drift: { member, ppm: drift } };
  throw new ControlError('what of the clock? {"member": "m1", "skew": "-1s"} or "drift" in ppm');
}

function diskOf({ member, sync, full, ...rest }: Json): StepData {
  refuseRest(rest, "a disk has a member, and sync (a time) or full (true or false)");
  if (sync !== undefined) {
    return { "disk-slow": { member, min: sync, mean: sync, max: sync } };
  }
  if (full !== undefined) return { "disk-full": { member, full } };
  throw new ControlError('what of the disk? {"member": "m1", "sync": "50ms"} or "full"');
}

function refuseRest(rest: Json, text: string): void {
  const [other] = Object.keys(rest);
  if (other !== undefined) throw new ControlError(`unknown key "${other}": ${text}`);
}

function objectOf(body: unknown, example: string): Json {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Json;
  throw new ControlError(`a JSON object is wanted, e.g. ${example}`);
}
