/** Texts that thousands of objects have in common, kept once: JSON.parse makes each of them anew. */

/** When there are more, all are forgotten and kept anew: what comes from outside must not fill the memory. */
const LIMIT = 10_000;
const known = new Map<string, string>();

/** The same text, and the same copy of it as the last time. */
export function intern(text: string): string {
  const copy = known.get(text);
  if (copy !== undefined) return copy;
  if (known.size >= LIMIT) known.clear();
  known.set(text, text);
  return text;
}
