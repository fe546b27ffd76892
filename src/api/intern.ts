/** Texts that thousands of objects have in common, kept once: JSON.parse makes each of them anew. */

/** When there are more, all are forgotten and kept anew: what comes from outside must not fill the memory. */
const LIMIT = 10_000;
const known = new Map<string, string>();

/** The same text, and the same copy of it as the last time. */
function intern(text: string): string {
  const copy = known.get(text);
  if (copy !== undefined) return copy;
  if (known.size >= LIMIT) known.clear();
  known.set(text, text);
  return text;
}

/** Fields whose texts many objects have in common. */
const COMMON: ReadonlySet<string> = new Set([
  'type',
  'status',
  'reason',
  'message',
  'lastTransitionTime',
  'leg',
  'managementPolicy',
  'adoptionPolicy',
  'deletionPolicy',
  'driftCheckInterval',
]);

/**
 * Keeps texts that an object repeats, or has in common with others, once. The object says the same as before: only the
 * copies are others. What is frozen, or lies deeper than anything of this API, keeps its own.
 */
export function shareTexts(value: object): void {
  share(value, new Map(), DEEPEST);
}

const DEEPEST = 10;

function share(value: object, own: Map<string, string>, depth: number): void {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null && depth > 0) share(inner, own, depth - 1);
    if (typeof inner !== 'string') continue;
    const copy = COMMON.has(key) ? intern(inner) : (own.get(inner) ?? inner);
    own.set(inner, copy);
    Reflect.set(value, key, copy);
  }
}
