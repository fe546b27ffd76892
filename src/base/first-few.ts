/**
 * `a, b and 3 more`: as much of a list as a message names.
 * @param most how many items are named
 */
export function firstFew(texts: readonly string[], most: number): string {
  const named = texts.slice(0, most).join(', ');
  return texts.length > most ? `${named} and ${texts.length - most} more` : named;
}

/** The same for names that may contain blanks and commas: `"a b", "c" and 3 more`. */
export function firstFewQuoted(names: readonly string[], most: number): string {
  return firstFew(
    names.map((name) => `"${name}"`),
    most,
  );
}
