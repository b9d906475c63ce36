type Attributes = Readonly<Record<string, string | number>>;

/** A new element of HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(name), attributes, children);
}

/** A new element of SVG. */
export function s<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  return fill(element, attributes, children);
}

function fill<E extends Element>(
  element: E,
  attributes: Attributes,
  children: readonly (Node | string)[],
): E {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** The element of the page with that id. */
export function byId<E extends Element = HTMLElement>(id: string): E {
  const element = document.querySelector<E>(`#${id}`);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/** The colour of a term, as a custom property; neighbouring terms differ. */
export function termColour(term: number): string {
  return term === 0 ? "var(--faint)" : `var(--term-${(term - 1) % 6})`;
}

/** `1.843s`. */
export function timeText(us: number): string {
  const ms = Math.floor(us / 1000);
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}s`;
}

export function memberName(id: number): string {
  return id === 0 ? "–" : `m${id}`;
}
