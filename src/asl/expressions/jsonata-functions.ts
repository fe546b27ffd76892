/** JSONata's functions that make names of names, computed on what is known. https://docs.jsonata.org/string-functions */
import { parseJson } from './json-known.ts';
import { bounded, concatenate, fromJson, HOLE, memberOf, optionsOf, unknown, withHoles } from './known.ts';
import type { Known } from './known.ts';
import { beginningOf, merge, ofText, wholeNumber, wholeText } from './known-functions.ts';

type BuiltIn = (given: readonly Known[]) => Known;

/** Whether JSONata has a function of this name that is computed here. */
export function isBuiltIn(name: string): boolean {
  return BUILT_IN.has(name);
}

/** Computes a function.
 *  @param name one that {@link isBuiltIn} knows */
export function call(name: string, given: readonly Known[]): Known {
  return BUILT_IN.get(name)?.(given) ?? unknown('');
}

/** Functions of one argument. To others, `$map` would pass the index and the list as further arguments. */
export function isMapper(name: string): boolean {
  return name === 'lowercase' || name === 'uppercase' || name === 'trim' || name === 'string';
}

/** Whether the value is certain to be one item of a list: it is not left out, and is no list that would be flattened. */
export function isCertainItem({ kind }: Known): boolean {
  return kind === 'scalar' || kind === 'text' || kind === 'oneOf' || kind === 'object';
}

/** Whole numbers of up to 15 digits are printed; a fraction is not worth the risk. */
export function print(value: string | number | boolean | null): string | undefined {
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : undefined;
}

const BUILT_IN: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ['string', ([value, ...more]) => (more.length > 0 ? unknown('') : spelled(value))],
  ['lowercase', ([text, ...more]) => ofOne(text, more, (one) => withHoles(one.toLowerCase(), ''))],
  ['uppercase', ([text, ...more]) => ofOne(text, more, (one) => withHoles(one.toUpperCase(), ''))],
  ['trim', ([text, ...more]) => ofOne(text, more, trimmed)],
  ['substring', substring],
  ['substringBefore', ([text, end]) => cut(text, end, (one, at) => one.slice(0, at))],
  ['substringAfter', ([text, end]) => cut(text, end, (one, at, { length }) => one.slice(at + length))],
  ['replace', replace],
  ['split', split],
  ['join', join],
  ['merge', ([list]) => (list?.kind === 'array' ? merge(list.items) : unknown(''))],
  ['append', append],
  ['lookup', lookup],
  ['count', ([list]) => (list?.kind === 'array' ? fromJson(list.items.length) : unknown(''))],
  ['exists', ([value = unknown('')]) => (value.kind === 'unknown' ? value : fromJson(true))],
  ['contains', contains],
  ['not', ([value]) => negated(value)],
  [
    'parse',
    ([text]) => ofText(text ?? unknown(''), (one) => (one.includes(HOLE) ? unknown('') : parseJson(one))),
  ],
]);

function ofOne(text: Known | undefined, more: readonly Known[], make: (text: string) => Known): Known {
  return text === undefined || more.length > 0 ? unknown('') : ofText(text, make);
}

function spelled(value: Known | undefined): Known {
  return value === undefined || optionsOf(value).length === 0 ? unknown('') : concatenate([value], '', print);
}

function trimmed(text: string): Known {
  return text.includes(HOLE) ? unknown('') : fromJson(text.replaceAll(/[ \t\n\r]+/g, ' ').trim());
}

/** For a text with holes: only a part before the first of them, or one that begins there. */
function substring([text, from, length]: readonly Known[]): Known {
  const start = wholeNumber(from);
  const count = length === undefined ? Number.POSITIVE_INFINITY : wholeNumber(length);
  if (text === undefined || start === undefined || count === undefined) return unknown('');
  return ofText(text, (one) => {
    const isWhole = !one.includes(HOLE);
    const known = beginningOf(one);
    const first = start < 0 ? Math.max(0, one.length + start) : start;
    if (!isWhole && (start < 0 || first > known.length)) return unknown('');
    if (count <= 0) return fromJson('');
    const end = first + count;
    if (!isWhole && end > known.length && count !== Number.POSITIVE_INFINITY)
      return withHoles(known.slice(first) + HOLE, '');
    return withHoles(one.slice(first, end), '');
  });
}

/** Where `end` is first found; in a text with holes only before these, because a hole may contain it. */
function cut(
  text: Known | undefined,
  end: Known | undefined,
  part: (text: string, at: number, end: string) => string,
): Known {
  const sought = wholeText(end);
  if (text === undefined || sought === undefined || sought === '') return unknown('');
  return ofText(text, (one) => {
    const at = beginningOf(one).indexOf(sought);
    if (at >= 0) return withHoles(part(one, at, sought), '');
    return one.includes(HOLE) ? unknown('') : fromJson(one);
  });
}

/** Replaces a text. Regular expressions are not followed, and neither is what implementations read as a reference. */
function replace([text, pattern, replacement, ...more]: readonly Known[]): Known {
  const [sought, put] = [wholeText(pattern), wholeText(replacement)];
  if (text === undefined || !sought || put === undefined || more.length > 0 || /[$\\]/.test(put))
    return unknown('');
  return ofText(text, (one) => {
    if (one.includes(HOLE)) return unknown('');
    const made = one.split(sought);
    return join([{ kind: 'array', items: made.map((piece) => fromJson(piece)) }, fromJson(put)]);
  });
}

function split([text, separator, ...more]: readonly Known[]): Known {
  const [whole, between] = [wholeText(text), wholeText(separator)];
  if (whole === undefined || !between || more.length > 0) return unknown('');
  return bounded({ kind: 'array', items: whole.split(between).map((piece) => fromJson(piece)) });
}

function join([list, separator]: readonly Known[]): Known {
  const between = separator === undefined ? '' : wholeText(separator);
  if (list?.kind !== 'array' || between === undefined || !list.items.every(isText)) return unknown('');
  const parts = list.items.flatMap((item, at) => (at === 0 ? [item] : [fromJson(between), item]));
  return parts.length === 0 ? fromJson('') : concatenate(parts, '', print);
}

function isText(known: Known): boolean {
  const options = optionsOf(known);
  return options.length > 0 && options.every((one) => one.kind === 'text' || typeof one.value === 'string');
}

function append([first, second]: readonly Known[]): Known {
  const [before, behind] = [itemsOf(first), itemsOf(second)];
  return before === undefined || behind === undefined
    ? unknown('')
    : bounded({ kind: 'array', items: [...before, ...behind] });
}

function itemsOf(known: Known | undefined): readonly Known[] | undefined {
  if (known?.kind === 'array') return known.items;
  return known !== undefined && isCertainItem(known) ? [known] : undefined;
}

function lookup([holder, key]: readonly Known[]): Known {
  const name = wholeText(key);
  if (holder?.kind !== 'object' || name === undefined) return unknown('');
  const found = memberOf(holder, name, '');
  return found === 'absent' ? unknown('') : found;
}

function contains([text, sought]: readonly Known[]): Known {
  const [whole, part] = [wholeText(text), wholeText(sought)];
  return whole === undefined || part === undefined ? unknown('') : fromJson(whole.includes(part));
}

function negated(value: Known | undefined): Known {
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? fromJson(!value.value) : unknown('');
}
