import { parseDocument } from "yaml";
import { Digest } from "../../base/digest.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { keepScenario } from "../files/keep.ts";
import type { Io } from "../io.ts";
import { FAILURES } from "../sources/failures-folder.ts";
import { asRecorded, RECORDED } from "../sources/recorded-mark.ts";

/** Of the name of a saved failure: what was added to the scenario's own. */
const SAVED_AS = /-seed-[0-9]+-[0-9a-f]{8}(-[0-9]+)?$/;

/**
 * Saves what replays this very run: `detcd-failures/<name>-seed-<seed>-<hash of the text>.yaml`; its path as a
 * command would name it. Null: it can't, which is said.
 */
export function saveFailure(scenario: Scenario, seed: number, io: Io): string | null {
  const name = scenario.name.replace(SAVED_AS, "");
  const text = withSeed(scenario.source, name, seed);
  const own = `${name}-seed-${seed}-${hashOf(text)}`;
  const textOf = (kept: string) => asRecorded(withSeed(scenario.source, kept, seed));
  return keepScenario(FAILURES, own, textOf, io);
}

/** The scenario's text with this name and seed in it. Comments stay. */
function withSeed(source: string, name: string, seed: number): string {
  const document = parseDocument(source);
  document.set("name", name);
  document.set("seed", seed);
  return (
    document
      .toString({ lineWidth: 0 })
      // The schema's path is relative to the library; here it would lead nowhere.
      .replace(/^# yaml-language-server:.*\n/, "")
      .replace(`${RECORDED}\n`, "")
  );
}

function hashOf(text: string): string {
  const digest = new Digest();
  digest.string(text);
  return digest.hex().slice(0, 8);
}
