/**
 * One log line prints a protobuf message, and Go's protobuf sets one space or two between its
 * fields, by a hash of the program that prints it, so that nobody relies on the text. We set one.
 */
const UNSTABLE_LINE = /is not in the ConfState .*; should never happen/g;

/** Whether a command printed what the file expects: byte for byte, but for those spaces. */
export function sameOutput(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  return withSingleSpaces(expected) === withSingleSpaces(actual);
}

function withSingleSpaces(text: string): string {
  return text.replace(UNSTABLE_LINE, (line) => line.replaceAll("  ", " "));
}
