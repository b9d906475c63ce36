/** What is wrong with an XML document's nesting and characters, or null. */
export function xmlFault(text: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML does not allow
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/.exec(
    text,
  );
  if (control !== null) return `a character that XML does not allow at ${control.index}`;
  const open: string[] = [];
  let last = 0;
  for (const tag of text.matchAll(
    /<(\/?)([\w-]+)((?:\s+[\w:-]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)\s*(\/?)>/g,
  )) {
    const between = text.slice(last, tag.index);
    if (/<|&(?!(?:amp|lt|gt|quot);)/.test(between))
      return `not escaped: ${between.trim().slice(0, 60)}`;
    last = tag.index + tag[0].length;
    const [, closes, name = "", , empty] = tag;
    if (closes === "/") {
      if (open.pop() !== name) return `</${name}> closes nothing`;
    } else if (empty !== "/") open.push(name);
  }
  return open.length > 0 ? `<${open.at(-1)}> is not closed` : null;
}

/** Text without its references. */
export function xmlText(text: string): string {
  return text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}
