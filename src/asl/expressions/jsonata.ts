/**
 * JSONata, as far as the definition determines its values: literals, operators, variables, paths, blocks, and the functions
 * that make names. Anything else in an expression makes that part unknown.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
import { call, isBuiltIn, isCertainItem, isMapper, print } from './jsonata-functions.ts';
import { readExpression } from './jsonata-syntax.ts';
import type { Expression } from './jsonata-syntax.ts';
import { asKnown, Frame, isMergeOf, states, stepsOf } from './jsonata-values.ts';
import type { Closure, Value } from './jsonata-values.ts';
import { merge } from './known-functions.ts';
import { anyOf, bounded, concatenate, fromJson, unknown } from './known.ts';
import type { Known } from './known.ts';
import { follow } from './scope.ts';
import type { Scope } from './scope.ts';
import { NotUnderstood, readWhole } from './token-reader.ts';

/** `{% … %}` */
export function isJsonataExpression(text: string): boolean {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4;
}

/** The value of a `{% … %}` text.
 *  @param take called with the steps of each part; false if no more may be taken */
export function evaluateJsonata(
  text: string,
  scope: Scope,
  take: (steps: number) => boolean = () => true,
): Known {
  const value = readWhole(text.slice(2, -2), (tokens) => {
    const expression = readExpression(tokens);
    if (!tokens.atEnd()) throw new NotUnderstood();
    return new Evaluation(scope, take).known(expression, new Frame());
  });
  return value ?? unknown(text);
}

/** Steps of one expression, and depth of nested calls: more than an expression needs that makes a name. */
const MAX_STEPS = 20_000;
const MAX_CALLS = 32;

class Evaluation {
  readonly #scope: Scope;
  readonly #take: (steps: number) => boolean;
  #left = MAX_STEPS;
  #calls = 0;

  constructor(scope: Scope, take: (steps: number) => boolean) {
    this.#scope = scope;
    this.#take = take;
  }

  /** The value; unknown for a function. */
  known(expression: Expression, frame: Frame): Known {
    return asKnown(this.#value(expression, frame));
  }

  #value(expression: Expression, frame: Frame): Value {
    this.#spend(1);
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'variable':
        return this.#variable(expression.name, frame);
      case 'member':
        return follow(this.known(expression.of, frame), [expression.name], '');
      case 'item':
        return this.#item(expression, frame);
      case 'binary':
        return this.#binary(expression, frame);
      case 'choice':
        return this.#choice(expression, frame);
      case 'array':
        return this.#array(expression.items, frame);
      case 'object':
        return this.#object(expression.members, frame);
      case 'block':
        return this.#block(expression.steps, frame);
      case 'function':
        return { ...expression, kind: 'closure', frame };
      case 'call':
        if (isMergeOf(expression, frame)) return this.#merged(expression.given, frame);
        return this.#call(expression.of, this.#values(expression.given, frame), frame);
      case 'binding':
        // Only as a step of a block an assignment is certain to happen, and to happen once.
        throw new NotUnderstood();
      case 'opaque':
        return unknown('');
    }
  }

  #variable(name: string, frame: Frame): Value {
    if (name === '') return unknown('');
    const own = frame.get(name);
    if (own !== undefined) return own;
    if (name === 'states') return states(this.#scope);
    return this.#scope.variables.get(name) ?? (isMapper(name) ? { kind: 'builtIn', name } : unknown(''));
  }

  /** `list[0]`; a filter is not followed. */
  #item({ of, at }: Extract<Expression, { kind: 'item' }>, frame: Frame): Known {
    const list = this.known(of, frame);
    const index = at.kind === 'literal' && at.value.kind === 'scalar' ? at.value.value : undefined;
    return typeof index === 'number' ? follow(list, [index], '') : unknown('');
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, frame: Frame): Known {
    if (operator === '~>') return this.#chained(left, right, frame);
    const [a, b] = [this.known(left, frame), this.known(right, frame)];
    switch (operator) {
      case '&':
        return this.#made([a, b], concatenate([a, b], '', print));
      case '?:':
      case '??':
        return anyOf([a, b], '');
      case '=':
      case '!=':
        if (a.kind !== 'scalar' || b.kind !== 'scalar') return unknown('');
        return fromJson((a.value === b.value) === (operator === '='));
      default:
        return unknown('');
    }
  }

  /** `value ~> $function(…)`: the value becomes the first argument. Two functions make a third, which is not followed. */
  #chained(left: Expression, right: Expression, frame: Frame): Known {
    const value = this.#value(left, frame);
    if (value.kind === 'closure' || value.kind === 'builtIn') return unknown('');
    return right.kind === 'call'
      ? this.#call(right.of, [value, ...this.#values(right.given, frame)], frame)
      : this.#call(right, [value], frame);
  }

  /** Either value is possible, unless the definition decides. */
  #choice({ test, yes, no }: Extract<Expression, { kind: 'choice' }>, frame: Frame): Known {
    const tested = this.known(test, frame);
    const either = [yes, no].map((one) => (one === undefined ? unknown('') : this.known(one, frame)));
    const isTold = tested.kind === 'scalar' && typeof tested.value === 'boolean';
    if (!isTold) return anyOf(either, '');
    return either[tested.value === true ? 0 : 1] ?? unknown('');
  }

  /** A list among the items is flattened, unless it is written as a list. */
  #array(parts: readonly Expression[], frame: Frame): Known {
    const items: Known[] = [];
    for (const part of parts) {
      const value = this.known(part, frame);
      if (value.kind === 'array' && part.kind !== 'array') items.push(...value.items);
      else if (value.kind === 'array' || isCertainItem(value)) items.push(value);
      else return unknown('');
    }
    return this.#made([], bounded({ kind: 'array', items }));
  }

  #object(parts: readonly (readonly [Expression, Expression])[], frame: Frame): Known {
    const members = new Map<string, Known>();
    for (const [key, part] of parts) {
      const name = this.known(key, frame);
      const value = this.known(part, frame);
      if (name.kind !== 'scalar' || typeof name.value !== 'string') return unknown('');
      members.set(name.value, value);
    }
    return bounded({ kind: 'object', members, open: false });
  }

  #block(steps: readonly Expression[], outer: Frame): Value {
    const frame = new Frame(outer);
    let last: Value = unknown('');
    for (const step of steps) last = this.#step(step, frame);
    return last;
  }

  #step(step: Expression, frame: Frame): Value {
    if (step.kind !== 'binding') return this.#value(step, frame);
    const value = this.#step(step.value, frame);
    frame.set(step.name, value);
    return value;
  }

  #call(of: Expression, given: readonly Value[], frame: Frame): Known {
    const own = of.kind === 'variable' ? frame.get(of.name) : undefined;
    if (own === undefined && of.kind === 'variable' && isBuiltIn(of.name))
      return this.#builtIn(of.name, given.map(asKnown));
    if (own === undefined && of.kind === 'variable' && of.name === 'map') return this.#map(given);
    const called = own ?? this.#value(of, frame);
    return called.kind === 'closure' ? this.#apply(called, given) : unknown('');
  }

  /** Parts that only run time knows may be merged with, although they are no list of certain items. */
  #merged(lists: readonly Expression[], frame: Frame): Known {
    const parts = lists.flatMap((list) => (list.kind === 'array' ? list.items : []));
    const values = parts.map((part) => this.known(part, frame));
    const flat = values.flatMap((value) => (value.kind === 'array' ? value.items : [value]));
    return this.#made(flat, merge(flat));
  }

  #values(given: readonly Expression[], frame: Frame): Value[] {
    return given.map((one) => this.#value(one, frame));
  }

  #apply({ parameters, body, frame }: Closure, values: readonly Value[]): Known {
    if (this.#calls >= MAX_CALLS) throw new NotUnderstood();
    const inner = new Frame(frame);
    for (const [at, name] of parameters.entries()) inner.set(name, values[at] ?? unknown(''));
    this.#calls += 1;
    const value = this.known(body, inner);
    this.#calls -= 1;
    return value;
  }

  /** A list with one item becomes that item. */
  #map([list, mapper, ...more]: readonly Value[]): Known {
    if (list?.kind !== 'array' || mapper === undefined || more.length > 0) return unknown('');
    const made = list.items.map((item, at) => this.#mapped(mapper, [item, fromJson(at), list]));
    const [only = unknown('')] = made;
    if (!made.every(isCertainItem)) return unknown('');
    return made.length <= 1 ? only : bounded({ kind: 'array', items: made });
  }

  #mapped(mapper: Value, [item, ...rest]: readonly [Known, Known, Known]): Known {
    if (mapper.kind === 'closure') return this.#apply(mapper, [item, ...rest]);
    return mapper.kind === 'builtIn' ? this.#builtIn(mapper.name, [item]) : unknown('');
  }

  #builtIn(name: string, given: readonly Known[]): Known {
    return this.#made(given, call(name, given));
  }

  /** Counts the steps for making a value of others. */
  #made(given: readonly Known[], value: Known): Known {
    this.#spend([...given, value].reduce((sum, one) => sum + stepsOf(one), 0));
    return value;
  }

  #spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0 || !this.#take(steps)) throw new NotUnderstood();
  }
}
