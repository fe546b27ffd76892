/** Selects objects of a list by one of their fields. */

/** Matches objects whose field has this value. Characters with a meaning in selectors are escaped, as the API server's
 *  `fields.EscapeValue` does. */
export function fieldEquals(field: string, value: string): string {
  return `${field}=${value.replaceAll(/[\\,=]/g, String.raw`\$&`)}`;
}
