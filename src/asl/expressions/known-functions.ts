/** What functions of both query languages make of values that are known whole or in part. */
import { anyOf, bounded, HOLE, optionsOf, unknown } from './known.ts';
import type { Known, KnownObject } from './known.ts';

/** Beyond these characters implementations differ in what is upper case, and in what counts as one character. */
const PLAIN = /^[\t\n\r -~\uE000]*$/;

/**
 * What a function makes of a text, and of each where it may be one of a few.
 * @param make given a text, in which {@link HOLE} may stand for what only run time knows
 */
export function ofText(known: Known, make: (text: string) => Known): Known {
  const options = optionsOf(known);
  const texts = options.map((option) => (option.kind === 'text' ? option.text : option.value));
  const made = texts.map((text) => (typeof text === 'string' && PLAIN.test(text) ? make(text) : unknown('')));
  return made.length === 0 ? unknown('') : anyOf(made, '');
}

/** The one text that it is, without holes. */
export function wholeText(known: Known | undefined): string | undefined {
  if (known?.kind !== 'scalar' || typeof known.value !== 'string') return undefined;
  return PLAIN.test(known.value) && !known.value.includes(HOLE) ? known.value : undefined;
}

/** The whole number that it is. */
export function wholeNumber(known: Known | undefined): number | undefined {
  if (known?.kind !== 'scalar' || typeof known.value !== 'number') return undefined;
  return Number.isSafeInteger(known.value) ? known.value : undefined;
}

/** What stands before the first hole; all of it, where there is none. */
export function beginningOf(text: string): string {
  const [beginning = ''] = text.split(HOLE);
  return beginning;
}

/** The members of all, of which of equal ones the last counts. What is not known may hold any. */
export function merge(parts: readonly Known[]): Known {
  const members = new Map<string, Known>();
  let open = false;
  for (const part of parts) {
    if (part.kind !== 'object' && part.kind !== 'unknown') return unknown('');
    // What is not listed may stand in place of any before it.
    const isOpen = part.kind === 'unknown' || part.open;
    if (isOpen) members.clear();
    open ||= isOpen;
    if (part.kind === 'object') for (const [key, value] of part.members) members.set(key, value);
  }
  const merged: KnownObject = { kind: 'object', members, open };
  return bounded(merged);
}
