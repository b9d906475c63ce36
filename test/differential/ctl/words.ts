/** The words of a line, quotes as in a shell; within single ones nothing is special. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (quote === "") {
      if (c === "'" || c === '"') {
        quote = c;
        word ??= "";
      } else if (c === " ") {
        if (word !== null) words.push(word);
        word = null;
      } else word = (word ?? "") + c;
    } else if (c === quote) quote = "";
    else if (c === "\\" && quote === '"') word += line[++i] ?? "";
    else word += c;
  }
  if (quote !== "") throw new Error(`a quote is left open: ${line}`);
  if (word !== null) words.push(word);
  return words;
}

/** Puts the values in place of the names in braces. Throws where nobody has named it. */
export function filled(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/\{([a-zA-Z][\w ]*)\}/g, (_, name: string) => {
    const value = names.get(name);
    if (value === undefined) throw new Error(`nothing is called {${name}}: ${text}`);
    return value;
  });
}
