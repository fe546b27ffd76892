/** Keeps texts that thousands of objects share only once: JSON.parse makes a copy for each. */
import { intern } from '../base/intern.ts';

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
  'finalizers',
]);

/** Replaces texts that an object repeats, or shares with others, by one copy. The object says the same as before. Frozen
 *  values, and values nested deeper than anything of this API, keep their own. */
export function shareTexts(value: object): void {
  share(value, { own: new Map(), isCommon: false, depth: DEEPEST });
}

const DEEPEST = 10;

interface Sharing {
  /** The texts of the object so far. */
  readonly own: Map<string, string>;
  /** Whether the value is a list of a field whose texts are common. */
  readonly isCommon: boolean;
  readonly depth: number;
}

function share(value: object, { own, isCommon, depth }: Sharing): void {
  for (const [key, inner] of Object.entries(value)) {
    const isCommonField = isCommon || COMMON.has(key);
    if (typeof inner === 'object' && inner !== null && depth > 0)
      share(inner, { own, isCommon: isCommonField && Array.isArray(inner), depth: depth - 1 });
    if (typeof inner !== 'string') continue;
    const known = isCommonField ? intern(inner) : own.get(inner);
    // The first one of its kind in the object stays.
    if (known === undefined || isCommonField) own.set(inner, known ?? inner);
    if (known !== undefined) Reflect.set(value, key, known);
  }
}
