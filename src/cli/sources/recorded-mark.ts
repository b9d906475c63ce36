/** The first line of failures that detcd wrote down. */
export const RECORDED =
  "# Recorded by detcd: replayed with its own seed, whatever DETCD_SEED says.";

export function asRecorded(yaml: string): string {
  return `${RECORDED}\n${yaml}`;
}

export function isRecorded(text: string): boolean {
  return text.startsWith(RECORDED);
}
