/** The text, ended by `…` where it is longer than `most` characters. The cut may go through a character of two code units, half
 *  of which would be no text. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
