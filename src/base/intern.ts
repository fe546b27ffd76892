/** Texts that thousands of objects have in common, kept once: each read or match of a text makes a copy of its own. */

/** When there are more, all are forgotten and kept anew: what comes from outside must not fill the memory. */
const LIMIT = 10_000;
/** Characters. A longer text keeps its own copy. */
const LONGEST = 500;
const known = new Map<string, string>();

/** The same text, and the same copy of it as the last time. */
export function intern(text: string): string {
  if (text.length > LONGEST) return text;
  const copy = known.get(text);
  if (copy !== undefined) return copy;
  if (known.size >= LIMIT) known.clear();
  known.set(text, text);
  return text;
}
