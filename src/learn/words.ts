/** A text, or the same text in several languages by their tags: `en`, `zh`. */
export type Words = string | Readonly<Record<string, string>>;

export const LANGUAGES = ["en", "zh"] as const;
/** What the program itself can say. A lesson's own texts may be in other languages, too. */
export type Language = (typeof LANGUAGES)[number];

/** The text in that language; English, or whatever there is, where it is not. */
export function inLanguage(words: Words, language: Language): string {
  if (typeof words === "string") return words;
  return words[language] ?? words["en"] ?? Object.values(words)[0] ?? "";
}
