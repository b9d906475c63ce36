/** As many different texts are remembered: then it begins anew. */
const KNOWN = 8192;
/** Longer texts hardly come twice. */
const LENGTH = 96;

/**
 * Texts that come again and again (kinds, types, file names) as one string each. JSON's parser makes a new one every time,
 * which in a long trace is a third of what it takes.
 */
export class Words {
  readonly #known = new Map<string, string>();

  /** Replaces the texts in a record that was read, all the way down. */
  share(value: object): void {
    const fields = value as Record<string, unknown>;
    for (const name of Object.keys(fields)) {
      const held = fields[name];
      if (typeof held === "string") fields[name] = this.#one(held);
      else if (typeof held === "object" && held !== null) this.share(held);
    }
  }

  #one(text: string): string {
    if (text.length > LENGTH) return text;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= KNOWN) this.#known.clear();
    this.#known.set(text, text);
    return text;
  }
}
