const NAMES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text for XML and HTML, in elements and in attributes. What XML can't hold becomes `\ufffd`. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (char) => NAMES[char] as string)
    .replace(/[\p{Cs}\ufffe\uffff]|[^\P{Cc}\t\n\r]/gu, "\ufffd");
}
