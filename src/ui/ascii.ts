/** What stands for our signs where a terminal has no UTF-8: each one column wide, as they are. */
const SIGNS: Readonly<Record<string, string>> = {
  "─": "-",
  "━": "-",
  "┄": ".",
  "╌": "-",
  "│": "|",
  "├": "+",
  "┤": "+",
  "└": "`",
  "┌": "+",
  "┐": "+",
  "┘": "+",
  "╔": "#",
  "╗": "#",
  "╚": "#",
  "╝": "#",
  "▶": ">",
  "◀": "<",
  "▸": ">",
  "◂": "<",
  "▷": ">",
  "→": ">",
  "←": "<",
  "↔": "-",
  "↑": "^",
  "↓": "v",
  "★": "*",
  "▲": "A",
  "△": "a",
  "○": "o",
  "●": "O",
  "◉": "@",
  "◌": ".",
  "◆": "#",
  "◇": "=",
  "▣": "%",
  "■": "#",
  "□": "_",
  "▪": "+",
  "▾": "v",
  "✗": "x",
  "✓": "y",
  "‖": "=",
  "‼": "!",
  "≠": "!",
  "♥": "h",
  "♡": "H",
  "█": "#",
  "▓": "%",
  "▒": ":",
  "░": ".",
  "▔": "^",
  "·": ".",
  "…": "~",
  "×": "x",
  µ: "u",
  "—": "-",
  "–": "-",
  "’": "'",
};

/** The text in plain ASCII, as wide as it was. */
export function asciiText(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (sign) => SIGNS[sign] ?? "?");
}

/** Whether a terminal with this environment is likely to show no more than ASCII. */
export function wantsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== "");
  if (TERM === "linux" || TERM === "vt100" || TERM === "dumb") return true;
  // Windows and editors' terminals set none of them, and show everything.
  return locale !== undefined && !/utf-?8/i.test(locale);
}
