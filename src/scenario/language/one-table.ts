type Intersection<U> = (U extends unknown ? (value: U) => void : never) extends (
  value: infer I,
) => void
  ? I
  : never;

/** The words of several tables in one. Throws if two of them have the same: one would win in silence. */
export function oneTable<T extends readonly Readonly<Record<string, unknown>>[]>(
  ...tables: T
): Intersection<T[number]> {
  const words = tables.flatMap((table) => Object.keys(table));
  const twice = words.find((word, i) => words.indexOf(word) < i);
  if (twice !== undefined) throw new Error(`the word "${twice}" stands in two tables`);
  return Object.assign({}, ...tables);
}
