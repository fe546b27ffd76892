/** Selects objects of a list by one of their fields. */

/** The field is such. What a selector's own language has a use for is escaped, as the API server's `fields.EscapeValue` does. */
export function fieldEquals(field: string, value: string): string {
  return `${field}=${value.replaceAll(/[\\,=]/g, String.raw`\$&`)}`;
}
