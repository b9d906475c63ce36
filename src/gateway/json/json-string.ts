const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * A text as Go writes it in JSON.
 *
 * @param escapesHtml also what means something in HTML or JavaScript, as encoding/json does
 */
export function jsonString(text: string, escapesHtml: boolean): string {
  const special = escapesHtml ? /[^ !#-%'-;=?-[\]-\u2027\u202a-\uffff]/g : /[^ !#-[\]-\uffff]/g;
  return `"${text.replace(special, escaped)}"`;
}

function escaped(char: string): string {
  return SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
