/**
 * What the definition says about a value before anything runs: all of it, its shape, a text with holes, a choice of a few, or
 * nothing. Every value that an execution can produce is included in what is known; if that is not certain, nothing is known.
 */
import { isJsonArray, membersOf, type Json } from '../../base/json.ts';

export type Known = Unknown | Scalar | Text | KnownObject | KnownArray | OneOf;

/** Nothing is known; `from` is the expression that hides it, as written. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly from: string;
}

export interface Scalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}

/** A text that is partly known: {@link HOLE} stands for any run of characters. */
export interface Text {
  readonly kind: 'text';
  readonly text: string;
  readonly from: string;
}

export interface KnownObject {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, Known>;
  /** Whether there may be members that are not listed. */
  readonly open: boolean;
}

interface KnownArray {
  readonly kind: 'array';
  readonly items: readonly Known[];
}

/** Each is possible; none of them is itself a choice, and there are at most {@link MAX_OPTIONS}. */
interface OneOf {
  readonly kind: 'oneOf';
  readonly options: readonly (Scalar | Text)[];
}

/** A private-use character. A literal that contains it counts as unknown, so that no text of a definition becomes a hole. */
export const HOLE = '\uE000';

const MAX_OPTIONS = 8;
/** Longest text that is put together, in characters: longer than any name, ARN or statement in a call. */
const MAX_TEXT = 16_384;
/** How many members of an object are followed when it grows state by state; the others are unknown. */
const MAX_MEMBERS = 64;
/** How many levels of an object are compared when two paths meet; below them nothing is known. */
const MAX_DEPTH = 12;

/** A value that only run time knows.
 *  @param from the expression that produces it, as a message quotes it */
export function unknown(from: string): Unknown {
  return { kind: 'unknown', from };
}

/** A literal.
 *  @param take called for each value in it; false if it is not to be followed */
export function fromJson(value: Json, take: (value: Json) => boolean = () => true): Known {
  if (!take(value)) return tooLarge();
  if (typeof value === 'string' && value.includes(HOLE)) return unknown(JSON.stringify(value.slice(0, 256)));
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', value };
  if (isJsonArray(value)) return { kind: 'array', items: value.map((item) => fromJson(item, take)) };
  return objectOf(membersOf(value).map(([key, inner]) => [key, fromJson(inner, take)]));
}

/** For a value that is larger than any input that Step Functions accepts, nothing is known. */
export function tooLarge(): Unknown {
  return unknown('more than is kept track of');
}

export function objectOf(members: readonly (readonly [string, Known])[]): KnownObject {
  return { kind: 'object', members: new Map(members), open: false };
}

/** Values share their parts, so that a few states can make one of exponential size. Beyond this many single values, counted as
 *  if nothing were shared, nothing is known of the whole. */
export const MAX_SIZE = 20_000;
/** Values with fewer are counted again: to remember the count would cost more. */
const FEW = 16;
const sizes = new WeakMap<Known, number>();

/** How many single values it contains; shared ones are counted each time. */
export function sizeOf(known: Known): number {
  if (known.kind !== 'object' && known.kind !== 'array') return 1;
  const before = sizes.get(known);
  if (before !== undefined) return before;
  let size = 1;
  for (const part of known.kind === 'array' ? known.items : known.members.values()) size += sizeOf(part);
  if (size >= FEW) sizes.set(known, size);
  return size;
}

/** The value, unless it is too large to be followed. */
export function bounded(known: KnownObject | KnownArray): Known {
  return sizeOf(known) > MAX_SIZE ? tooLarge() : known;
}

/** A member; `absent` if there is certainly none. */
export function memberOf(holder: Known, key: string, from: string): Known | 'absent' {
  if (holder.kind === 'object') {
    return holder.members.get(key) ?? (holder.open ? unknown(from) : 'absent');
  }
  return holder.kind === 'scalar' || holder.kind === 'array' ? 'absent' : unknown(from);
}

/** The value with something put at a path of member names, as `ResultPath` does. */
export function put(holder: Known, path: readonly string[], value: Known): Known {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const { members, open } = shapeOf(holder);
  const before = members.get(key) ?? (open ? unknown('') : objectOf([]));
  const held = put(before, rest, value);
  const kept = new Map(members);
  kept.delete(key);
  const forgotten = open && held.kind === 'unknown';
  if (!forgotten && kept.size < MAX_MEMBERS)
    return bounded({ kind: 'object', members: kept.set(key, held), open });
  return { kind: 'object', members: kept, open: open || !forgotten };
}

/** Step Functions puts members only into objects: anything else makes the execution fail. */
function shapeOf(holder: Known): KnownObject {
  return holder.kind === 'object' ? holder : { kind: 'object', members: new Map(), open: true };
}

/** What is known after two paths meet. The first argument itself if the second adds nothing. */
export function join(a: Known, b: Known, depth = 0): Known {
  if (a === b || a.kind === 'unknown') return a;
  if (b.kind === 'unknown' || depth > MAX_DEPTH) return unknown(b.kind === 'unknown' ? b.from : '');
  if (a.kind === 'object' && b.kind === 'object') return joinObjects(a, b, depth);
  if (a.kind === 'array' && b.kind === 'array') return joinArrays(a, b, depth);
  const options = choose([...optionsOf(a), ...optionsOf(b)]);
  if (options === undefined || !isChoosable(a) || !isChoosable(b)) return unknown('');
  return options.length === optionsOf(a).length ? a : oneOf(options);
}

function joinObjects(a: KnownObject, b: KnownObject, depth: number): Known {
  const members = new Map<string, Known>();
  for (const [key, held] of a.members) {
    const other = b.members.get(key);
    const joined = other === undefined ? unknown('') : join(held, other, depth + 1);
    if (joined.kind !== 'unknown') members.set(key, joined);
  }
  const sameKeys =
    a.members.size === b.members.size && [...b.members.keys()].every((key) => a.members.has(key));
  const open = a.open || b.open || !sameKeys || members.size < a.members.size;
  const unchanged = open === a.open && [...a.members].every(([key, held]) => members.get(key) === held);
  return unchanged && members.size === a.members.size ? a : { kind: 'object', members, open };
}

function joinArrays(a: KnownArray, b: KnownArray, depth: number): Known {
  if (a.items.length !== b.items.length) return unknown('');
  const items = a.items.map((item, at) => join(item, b.items[at] ?? item, depth + 1));
  return items.every((item, at) => item === a.items[at]) ? a : { kind: 'array', items };
}

function isChoosable({ kind }: Known): boolean {
  return kind === 'scalar' || kind === 'text' || kind === 'oneOf';
}

/** The single possibilities of a value that is neither an object nor an array. */
export function optionsOf(known: Known): readonly (Scalar | Text)[] {
  if (known.kind === 'oneOf') return known.options;
  return known.kind === 'scalar' || known.kind === 'text' ? [known] : [];
}

/** Each possibility once; undefined if they are too many. */
function choose(options: readonly (Scalar | Text)[]): readonly (Scalar | Text)[] | undefined {
  const distinct = new Map(options.map((option) => [keyOf(option), option]));
  return distinct.size > MAX_OPTIONS ? undefined : [...distinct.values()];
}

function keyOf(option: Scalar | Text): string {
  return option.kind === 'text' ? `t${option.text}` : `s${JSON.stringify(option.value)}`;
}

function oneOf(options: readonly (Scalar | Text)[]): Known {
  const [only] = options;
  return only !== undefined && options.length === 1 ? only : { kind: 'oneOf', options };
}

/** A number as it is written in an expression. Whether a fraction keeps its spelling as part of a text depends on who prints
 *  it: `1.0`, or `1`. So it is a choice of spellings, even of a single one: a number equals none of them. */
export function fromNumeral(numeral: string): Known {
  const value = Number(numeral);
  if (!numeral.includes('.')) return fromJson(value);
  const size = Math.abs(value);
  if (size >= 1e7 || (size < 1e-3 && size !== 0)) return unknown(numeral);
  const plain = String(value);
  const spellings = new Set([numeral, plain, plain.includes('.') ? plain : `${plain}.0`]);
  return { kind: 'oneOf', options: [...spellings].map((text) => ({ kind: 'scalar', value: text })) };
}

/** One of several values; unknown if they are of different shapes or too many. */
export function anyOf(values: readonly Known[], from: string): Known {
  const [first = unknown(from), ...rest] = values;
  const joined = rest.reduce((all, value) => join(all, value), first);
  return joined.kind === 'unknown' ? unknown(from) : joined;
}

/** The texts joined into one, as `States.Format` and `&` do. Values that are not texts are printed by `print`, which returns
 *  undefined for what it cannot predict; that, and anything unknown, is a hole. A text of holes only is unknown, and so is one
 *  that grows beyond {@link MAX_TEXT}: it could double state by state. */
export function concatenate(
  parts: readonly Known[],
  from: string,
  print: (value: Scalar['value']) => string | undefined,
): Known {
  let texts: readonly string[] = [''];
  for (const part of parts) {
    const options = isChoosable(part)
      ? optionsOf(part).map((option) =>
          option.kind === 'text' ? option.text : (print(option.value) ?? HOLE),
        )
      : [HOLE];
    const longer = texts.flatMap((text) => options.map((option) => text + option));
    texts = longer.length > MAX_OPTIONS ? texts.map((text) => text + HOLE) : longer;
    if (texts.some((text) => text.length > MAX_TEXT)) return unknown(from);
  }
  return anyOf(
    texts.map((text) => withHoles(text, from)),
    from,
  );
}

/** A text in which {@link HOLE} stands for unknown parts; if it is nothing but holes, it is unknown. */
export function withHoles(text: string, from: string): Known {
  if (!text.includes(HOLE)) return { kind: 'scalar', value: text };
  const joined = text.replaceAll(/\uE000+/g, HOLE);
  return joined === HOLE ? unknown(from) : { kind: 'text', text: joined, from };
}
