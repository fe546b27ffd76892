/** Keeps texts that thousands of objects share only once: each read or match of a text makes a copy of its own. */

/** With more than this, all are dropped and collected again: input must not fill the memory. */
const LIMIT = 10_000;
/** In characters. A longer text keeps its own copy. */
const LONGEST = 500;
const known = new Map<string, string>();

/** The same text, as the same copy as the last time. */
export function intern(text: string): string {
  if (text.length > LONGEST) return text;
  const copy = known.get(text);
  if (copy !== undefined) return copy;
  if (known.size >= LIMIT) known.clear();
  known.set(text, text);
  return text;
}
