/**
 * What Go calls white space (unicode.IsSpace). JavaScript counts U+FEFF in and leaves U+0085 out,
 * so its own `trim` and `\s` would cut a proposal's data at the wrong place.
 */
const SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const AT_START = new RegExp(`^[${SPACE}]+`);
const INSIDE = new RegExp(`[${SPACE}]`);

export function isSpace(char: string): boolean {
  return INSIDE.test(char);
}

/** `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end--;
  return text.slice(0, end).replace(AT_START, "");
}
