/** What a namespace's own entries allow, for the sentence that refuses something else: to the namespace it is no secret. */

import { cut } from '../base/cut.ts';
import { firstFew } from '../base/first-few.ts';

/** How many of a list are named. */
const NAMED = 3;
/** Longest name that is printed whole. */
const LONGEST = 121;

/** ` (for this namespace it lists a, b and 3 more)`, for the end of a sentence.
 *  @param values of all entries that apply */
export function listing(values: readonly string[]): string {
  return ` (for this namespace it lists ${namesOf(values)})`;
}

/** What to do, with what is listed. If no entry applies, no other name or path would help.
 *  @param values of all entries that apply; undefined if no entry does */
export function adviceFor(values: readonly string[] | undefined, advice: string): string {
  if (values === undefined)
    return 'it has no access entry for this namespace; ask its administrators for one';
  return `${advice}${listing(values)}`;
}

/** `a, b and 3 more`, or `none`. */
export function namesOf(values: readonly string[]): string {
  const names = [...new Set(values)].map((name) => cut(name, LONGEST));
  return names.length === 0 ? 'none' : firstFew(names, NAMED);
}
