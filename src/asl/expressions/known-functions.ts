/** Functions of both query languages, on values that are known completely or in part. */
import { anyOf, bounded, HOLE, optionsOf, unknown } from './known.ts';
import type { Known, KnownObject } from './known.ts';

/** With other characters, implementations differ in upper case, and in what counts as one character. */
const PLAIN = /^[\t\n\r -~\uE000]*$/;

/** The result for a text, or for each text if it may be one of a few.
 *  @param make computes it for a text, in which {@link HOLE} may stand for what only run time knows */
export function ofText(known: Known, make: (text: string) => Known): Known {
  const options = optionsOf(known);
  const texts = options.map((option) => (option.kind === 'text' ? option.text : option.value));
  const made = texts.map((text) => (typeof text === 'string' && PLAIN.test(text) ? make(text) : unknown('')));
  return made.length === 0 ? unknown('') : anyOf(made, '');
}

/** The text, if it is one without holes. */
export function wholeText(known: Known | undefined): string | undefined {
  if (known?.kind !== 'scalar' || typeof known.value !== 'string') return undefined;
  return PLAIN.test(known.value) && !known.value.includes(HOLE) ? known.value : undefined;
}

/** The number, if it is a whole one. */
export function wholeNumber(known: Known | undefined): number | undefined {
  if (known?.kind !== 'scalar' || typeof known.value !== 'number') return undefined;
  return Number.isSafeInteger(known.value) ? known.value : undefined;
}

/** The part before the first hole; the whole text if there is none. */
export function beginningOf(text: string): string {
  const [beginning = ''] = text.split(HOLE);
  return beginning;
}

/** The members of all objects; of equal ones the last counts. An unknown part may have any members. */
export function merge(parts: readonly Known[]): Known {
  const members = new Map<string, Known>();
  let open = false;
  for (const part of parts) {
    if (part.kind !== 'object' && part.kind !== 'unknown') return unknown('');
    // Members that are not listed may replace any before them.
    const isOpen = part.kind === 'unknown' || part.open;
    if (isOpen) members.clear();
    open ||= isOpen;
    if (part.kind === 'object') for (const [key, value] of part.members) members.set(key, value);
  }
  const merged: KnownObject = { kind: 'object', members, open };
  return bounded(merged);
}
