/**
 * JSONata, as far as the definition gives its values: literals, `&`, `? :`, variables and paths. Whatever else an expression
 * holds makes that part unknown, or all of it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
import { anyOf, bounded, concatenate, fromJson, fromNumeral, objectOf, unknown } from './known.ts';
import type { Known } from './known.ts';
import { contextAt, follow } from './scope.ts';
import type { Scope, Steps } from './scope.ts';
import { NotUnderstood, readWhole } from './token-reader.ts';
import type { TokenReader } from './token-reader.ts';

/** `{% … %}` */
export function isJsonataExpression(text: string): boolean {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4;
}

/** The value of a `{% … %}` text. */
export function evaluateJsonata(text: string, scope: Scope): Known {
  const value = readWhole(text.slice(2, -2), (tokens) => choice(tokens, scope));
  return value === undefined || value.kind === 'unknown' ? unknown(text) : rename(value, text);
}

/** For people the whole expression says more than the part that hides something. */
function rename(value: Known, from: string): Known {
  return value.kind === 'text' ? { ...value, from } : value;
}

/** `a ? b : c`: either may come out. */
function choice(tokens: TokenReader, scope: Scope): Known {
  return tokens.nested(() => choiceIn(tokens, scope));
}

function choiceIn(tokens: TokenReader, scope: Scope): Known {
  const value = comparison(tokens, scope);
  if (tokens.take(/\?(?![:?])/y) === undefined) return value;
  const yes = choice(tokens, scope);
  if (tokens.take(/:(?!=)/y) === undefined) throw new NotUnderstood();
  return anyOf([yes, choice(tokens, scope)], '');
}

/** Operators whose outcome is never a name; they bind weaker than `&`, so nothing of their sides is left. */
const OPERATOR = /!=|<=|>=|[=<>]|(?:and|or|in)\b/y;
/** These bind stronger than `&`. */
const ARITHMETIC = /[+\-*/%]/y;

function comparison(tokens: TokenReader, scope: Scope): Known {
  let value = sum(tokens, scope);
  while (tokens.take(OPERATOR) !== undefined) {
    sum(tokens, scope);
    value = unknown('');
  }
  return value;
}

function sum(tokens: TokenReader, scope: Scope): Known {
  const parts = [product(tokens, scope)];
  while (tokens.take(/&/y) !== undefined) parts.push(product(tokens, scope));
  const [only = unknown('')] = parts;
  return parts.length === 1 ? only : concatenate(parts, '', print);
}

function product(tokens: TokenReader, scope: Scope): Known {
  let value = postfix(tokens, scope);
  while (tokens.take(ARITHMETIC) !== undefined) {
    postfix(tokens, scope);
    value = unknown('');
  }
  return value;
}

/** Whole numbers of up to 15 digits are spelled out; a fraction that a value holds is not worth the risk. */
function print(value: string | number | boolean | null): string | undefined {
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : undefined;
}

function postfix(tokens: TokenReader, scope: Scope): Known {
  const value = primary(tokens, scope);
  const steps = stepsAfter(tokens);
  return steps.length === 0 ? value : follow(value, steps, '');
}

/** `.name`, `."name"` and `[0]`; a filter is not understood. */
function stepsAfter(tokens: TokenReader): Steps {
  const steps: (string | number)[] = [];
  for (;;) {
    const name = tokens.take(/\.\s*(?:[A-Za-z_]\w*|`[^`]*`|"[^"\\]*")(?!\s*\()/y);
    if (name !== undefined) {
      steps.push(name.replaceAll(/^\.\s*|[`"]/g, ''));
      continue;
    }
    const index = tokens.take(/\[\s*-?\d+\s*\]/y);
    if (index === undefined) return steps;
    steps.push(Number(index.slice(1, -1)));
  }
}

function primary(tokens: TokenReader, scope: Scope): Known {
  if (tokens.take(/\(/y) !== undefined) {
    const value = choice(tokens, scope);
    tokens.expect(/\)/y);
    return value;
  }
  if (tokens.take(/\[/y) !== undefined) return arrayOf(tokens, scope);
  if (tokens.take(/\{/y) !== undefined) return objectIn(tokens, scope);
  const quoted = tokens.take(/"(?:[^"\\]|\\.)*"/sy) ?? tokens.take(/'(?:[^'\\]|\\.)*'/sy);
  if (quoted !== undefined) return fromJson(unquote(quoted));
  const called = tokens.take(/\$\w*(?=\s*\()/y);
  if (called !== undefined) return callOf(called, tokens, scope);
  const reference = tokens.take(/\$\w+/y);
  if (reference !== undefined) return referenced(reference, tokens, scope);
  const numeral = tokens.take(NUMBER);
  return numeral === undefined ? fromJson(JSON.parse(tokens.expect(WORD))) : fromNumeral(numeral);
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.])/y;
const WORD = /(?:true|false|null)\b/y;

/** A list of lists would be made flat in places: only what is certainly one item is kept. */
function arrayOf(tokens: TokenReader, scope: Scope): Known {
  const items: Known[] = [];
  if (tokens.take(/\]/y) !== undefined) return { kind: 'array', items };
  do items.push(choice(tokens, scope));
  while (tokens.take(/,/y) !== undefined);
  tokens.expect(/\]/y);
  return items.every(({ kind }) => kind === 'scalar' || kind === 'text' || kind === 'object')
    ? bounded({ kind: 'array', items })
    : unknown('');
}

function objectIn(tokens: TokenReader, scope: Scope): Known {
  const members: [string, Known][] = [];
  if (tokens.take(/\}/y) !== undefined) return objectOf(members);
  do {
    const key = tokens.expect(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy);
    tokens.expect(/:/y);
    members.push([unquote(key), choice(tokens, scope)]);
  } while (tokens.take(/,/y) !== undefined);
  tokens.expect(/\}/y);
  return bounded({ kind: 'object', members: new Map(members), open: false });
}

/** A function's arguments are read to its end; its result is not computed, but for `$string` of a text. */
function callOf(name: string, tokens: TokenReader, scope: Scope): Known {
  const values: Known[] = [];
  tokens.expect(/\(/y);
  if (tokens.take(/\)/y) !== undefined) return unknown('');
  do values.push(choice(tokens, scope));
  while (tokens.take(/,/y) !== undefined);
  tokens.expect(/\)/y);
  const [value] = values;
  const isText = value?.kind === 'text' || (value?.kind === 'scalar' && typeof value.value === 'string');
  return name === '$string' && values.length === 1 && isText ? value : unknown('');
}

function referenced(name: string, tokens: TokenReader, scope: Scope): Known {
  if (name !== '$states') return scope.variables.get(name.slice(1)) ?? unknown('');
  const [first, ...steps] = stepsAfter(tokens);
  if (first === 'input') return follow(scope.input, steps, '');
  if (first === 'result' && scope.result !== undefined) return follow(scope.result, steps, '');
  return first === 'context' ? contextAt(scope, steps, '') : unknown('');
}

/** JSONata escapes as JSON does. */
function unquote(quoted: string): string {
  const double = quoted.startsWith("'")
    ? quoted.slice(1, -1).replaceAll(/\\.|"/gs, escapeDoubled)
    : quoted.slice(1, -1);
  try {
    return JSON.parse(`"${double}"`);
  } catch {
    throw new NotUnderstood();
  }
}

function escapeDoubled(match: string): string {
  if (match === '"') return '\\"';
  return match === "\\'" ? "'" : match;
}
