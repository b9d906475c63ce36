/**
 * The text on one line, with all that a terminal would obey or can't show escaped: what people and files
 * gave us passes here on its way to a terminal, so that a title can't clear the screen.
 */
export function terminalText(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
}
