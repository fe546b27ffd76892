/**
 * Intrinsic functions of JSONPath states that make names of their arguments.
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
import { parseJson } from './json-known.ts';
import { anyOf, bounded, concatenate, fromJson, HOLE, optionsOf, unknown } from './known.ts';
import type { Known } from './known.ts';
import { merge, ofText, wholeNumber, wholeText } from './known-functions.ts';
import { NotUnderstood } from './token-reader.ts';

/** Computes a function.
 *  @param name `States.Format`; the result of an unknown function is unknown */
export function callIntrinsic(name: string, values: readonly Known[]): Known {
  const [first = unknown(name), ...rest] = values;
  switch (name) {
    case 'States.Format':
      return format(first, rest);
    case 'States.Array':
      return bounded({ kind: 'array', items: values });
    case 'States.ArrayGetItem':
      return pick(first, rest[0] ?? unknown(name));
    case 'States.ArrayLength':
      return first.kind === 'array' ? fromJson(first.items.length) : unknown(name);
    case 'States.StringSplit':
      return split(first, rest[0]);
    case 'States.StringToJson':
      return ofText(first, (text) => (text.includes(HOLE) ? unknown(name) : parseJson(text)));
    case 'States.JsonMerge':
      return mergeTwo(values);
    case 'States.MathAdd':
      return add(first, rest[0]);
    default:
      return unknown(name);
  }
}

/** Each character of the second text separates the first; what happens to empty parts is not documented. */
function split(text: Known, separators: Known | undefined): Known {
  const [whole, between] = [wholeText(text), wholeText(separators)];
  if (whole === undefined || !between) return unknown('');
  const pieces = [''];
  for (const character of whole) {
    if (between.includes(character)) pieces.push('');
    else pieces.push((pieces.pop() ?? '') + character);
  }
  return pieces.includes('')
    ? unknown('')
    : bounded({ kind: 'array', items: pieces.map((piece) => fromJson(piece)) });
}

/** Step Functions merges only the members of the objects themselves: the third argument can only be `false`. */
function mergeTwo([first = unknown(''), second = unknown(''), isDeep]: readonly Known[]): Known {
  return isDeep?.kind === 'scalar' && isDeep.value === false ? merge([first, second]) : unknown('');
}

function add(first: Known, second: Known | undefined): Known {
  const [a, b] = [wholeNumber(first), wholeNumber(second)];
  return a === undefined || b === undefined ? unknown('') : fromJson(a + b);
}

/** An unknown index picks any of the items. */
function pick(list: Known, index: Known): Known {
  if (list.kind !== 'array') return unknown('');
  if (index.kind === 'unknown') return anyOf(list.items, '');
  const picked = optionsOf(index).map(({ kind, ...option }) =>
    kind === 'scalar' && 'value' in option && typeof option.value === 'number'
      ? list.items[option.value]
      : undefined,
  );
  if (picked.length === 0 || picked.includes(undefined)) return unknown('');
  return anyOf(
    picked.flatMap((item) => item ?? []),
    '',
  );
}

function format(template: Known, values: readonly Known[]): Known {
  if (template.kind !== 'scalar' || typeof template.value !== 'string') return unknown('');
  const pieces = template.value.split(/(\\[{}]|\{\})/);
  const holes = pieces.filter((piece) => piece === '{}');
  if (holes.length !== values.length) throw new NotUnderstood();
  let used = 0;
  const parts = pieces.map((piece): Known => {
    if (piece !== '{}') return fromJson(/^\\[{}]$/.test(piece) ? piece.slice(1) : piece);
    used += 1;
    return values[used - 1] ?? unknown('');
  });
  return concatenate(parts, '', print);
}

/** As Step Functions prints it; how it would spell a fraction is not predicted. */
function print(value: string | number | boolean | null): string | undefined {
  return typeof value !== 'number' || Number.isSafeInteger(value) ? String(value) : undefined;
}
