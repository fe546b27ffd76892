/** What an expression of JSONata computes with: values, functions, and the variables of blocks and calls. */
import type { Expression } from './jsonata-syntax.ts';
import { optionsOf, sizeOf, unknown } from './known.ts';
import type { Known, Scalar, Text } from './known.ts';
import type { Scope } from './scope.ts';

/** A function that the expression itself defines, with the variables that it sees. */
export interface Closure {
  readonly kind: 'closure';
  readonly parameters: readonly string[];
  readonly body: Expression;
  readonly frame: Frame;
}

/** `$uppercase` by itself. */
interface Named {
  readonly kind: 'builtIn';
  readonly name: string;
}

export type Value = Known | Closure | Named;

/** Variables of a block or of a function's call. */
export class Frame {
  readonly #outer: Frame | undefined;
  readonly #values = new Map<string, Value>();

  constructor(outer?: Frame) {
    this.#outer = outer;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name) ?? this.#outer?.get(name);
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }
}

/** How many characters are joined in one step. */
const CHARACTERS_A_STEP = 64;

/** Steps for making a value, or for going through it. */
export function stepsOf(known: Known): number {
  const characters = optionsOf(known).reduce((sum, option) => sum + lengthOf(option), 0);
  return sizeOf(known) + Math.floor(characters / CHARACTERS_A_STEP);
}

function lengthOf(option: Scalar | Text): number {
  if (option.kind === 'text') return option.text.length;
  return typeof option.value === 'string' ? option.value.length : 1;
}

/** What is known of a value that is not a function. */
export function asKnown(value: Value): Known {
  return value.kind === 'closure' || value.kind === 'builtIn' ? unknown('') : value;
}

/** `$states`: its error and most of its context are known only at run time. */
export function states({ input, result, mapItem }: Scope): Known {
  const context: Known =
    mapItem === undefined ? unknown('') : opened('Map', opened('Item', opened('Value', mapItem)));
  const members = new Map([
    ['input', input],
    ['context', context],
  ]);
  return {
    kind: 'object',
    members: result === undefined ? members : members.set('result', result),
    open: true,
  };
}

/** An object with one known member. */
function opened(name: string, value: Known): Known {
  return { kind: 'object', members: new Map([[name, value]]), open: true };
}

/** `$merge([…])`, JSONata's own. */
export function isMergeOf({ of, given }: Extract<Expression, { kind: 'call' }>, frame: Frame): boolean {
  const isOwn = of.kind === 'variable' && of.name === 'merge' && frame.get('merge') === undefined;
  return isOwn && given.length === 1 && given[0]?.kind === 'array';
}
