/** A value as the API server writes it into its messages. */
import type { Json } from '../../base/json.ts';

/** What Go considers not printable. https://pkg.go.dev/strconv#IsPrint */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

const SHORT: Readonly<Record<string, string>> = {
  '\u{7}': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
};

/** A text as Go's `%q` prints it, with invisible characters escaped; anything else as JSON. https://pkg.go.dev/strconv#Quote */
export function quoted(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll(UNPRINTABLE, escaped)}"`;
}

function escaped(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  const hex = number.toString(16);
  if (number < 0x20 || number === 0x7f) return SHORT[character] ?? String.raw`\x${hex.padStart(2, '0')}`;
  // Half of a character is not valid text in Go.
  if (number >= 0xd800 && number < 0xe000) return '\uFFFD';
  return number < 0x10000 ? String.raw`\u${hex.padStart(4, '0')}` : String.raw`\U${hex.padStart(8, '0')}`;
}
