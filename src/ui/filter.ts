/** Whether a text holds every word of a filter, in whatever order and case; an empty one lets all through. */
export function holdsWords(text: string, filter: string): boolean {
  const held = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => held.includes(word));
}
