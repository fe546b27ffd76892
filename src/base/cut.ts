/**
 * The text or, if it is longer than `most` characters, its beginning with `…`. A cut through a character of two code units
 * would leave half of it, which is not a valid text.
 */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
