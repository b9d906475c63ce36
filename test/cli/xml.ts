/** An element of XML, with the text that stands directly in it. */
export interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const TOKEN =
  /<\?[^?]*\?>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

/** A strict reader of the XML that has no comments, CDATA or DTD; throws at whatever is not well-formed. */
export function parseXml(source: string): Element {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to hold these.
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u.test(source)) {
    throw new Error("a character that XML does not have");
  }
  const top: Element = { name: "", attributes: {}, children: [], text: "" };
  const open: Element[] = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) throw new Error(`not well-formed: ${source.slice(at, at + 60)}`);
    const [, ends, begins, attributes = "", empty, text] = match;
    const current = open.at(-1) as Element;
    if (text !== undefined) {
      if (text.includes("]]>")) throw new Error("]]> in text");
      current.text += unescaped(text);
    } else if (ends !== undefined) {
      if (current.name !== ends) throw new Error(`</${ends}> ends <${current.name}>`);
      open.pop();
    } else if (begins !== undefined) {
      const element: Element = { name: begins, attributes: {}, children: [], text: "" };
      for (const [, name = "", value = ""] of attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
        if (name in element.attributes) throw new Error(`${name} twice`);
        element.attributes[name] = unescaped(value.replace(/[\t\n]/g, " "));
      }
      current.children.push(element);
      if (empty === "") open.push(element);
    }
  }
  const [root, ...others] = top.children;
  if (open.length !== 1 || root === undefined || others.length > 0 || top.text.trim() !== "") {
    throw new Error("not one element that ends");
  }
  return root;
}

function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d+)|(\w+))?(;?)/g,
    (whole, code?: string, name?: string, end?: string) => {
      if (end === ";" && code !== undefined) return String.fromCodePoint(Number(code));
      const known = end === ";" && name !== undefined ? ENTITIES[name] : undefined;
      if (known === undefined) throw new Error(`no entity: ${whole}`);
      return known;
    },
  );
}
