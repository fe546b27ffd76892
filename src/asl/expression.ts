/**
 * Expressions whose value stands in the definition itself: intrinsics and JSONata made of literals alone.
 * Everything else is known only at run time and is never guessed.
 */
import { isArray } from './json.ts';
import type { Json } from './task.ts';

/** Thrown inside this file at the first thing that only a running execution knows. */
class NotConstant extends Error {}

/** `{% … %}`: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
export function isJsonataExpression(text: string): boolean {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4;
}

/** The value of the text between `{%` and `%}`, if it is made of literals and `&` alone; else undefined. */
export function foldJsonata(text: string): Json | undefined {
  return fold(text.slice(2, -2), jsonataSum);
}

/** The value of a JSONPath `….$` expression, if it is an intrinsic of literals alone; else undefined. */
export function foldIntrinsic(text: string): Json | undefined {
  return text.startsWith('States.') ? fold(text, intrinsicArgument) : undefined;
}

/** Longer than any expression that only spells out a name; bounds the recursion over nested calls. */
const MAX_FOLDED_LENGTH = 4_096;

function fold(text: string, read: (source: Source) => Json): Json | undefined {
  if (text.length > MAX_FOLDED_LENGTH) return undefined;
  try {
    const source = new Source(text);
    const value = read(source);
    return source.atEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof NotConstant) return undefined;
    throw error;
  }
}

/** A text read token by token. */
class Source {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token if it matches, blanks before it left out; each pattern must be sticky. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#skipBlanks();
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#at = pattern.lastIndex;
    return token;
  }

  atEnd(): boolean {
    return this.#skipBlanks() === this.#text.length;
  }

  #skipBlanks(): number {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#at;
  }
}

const NUMBER = /-?\d+(?:\.\d+)?(?![\w.])/y;
const WORD = /(?:true|false|null)\b/y;

function plainLiteral(source: Source): Json {
  const token = source.take(NUMBER) ?? source.take(WORD);
  if (token === undefined) throw new NotConstant();
  return JSON.parse(token);
}

/** `part & part & …`: text only, as a number's JSONata spelling is not worth the risk. */
function jsonataSum(source: Source): Json {
  let value = jsonataPart(source);
  while (source.take(/&/y) !== undefined) {
    const next = jsonataPart(source);
    if (typeof value !== 'string' || typeof next !== 'string') throw new NotConstant();
    value += next;
  }
  return value;
}

function jsonataPart(source: Source): Json {
  if (source.take(/\(/y) !== undefined) {
    const value = jsonataSum(source);
    if (source.take(/\)/y) === undefined) throw new NotConstant();
    return value;
  }
  const quoted = source.take(/"(?:[^"\\]|\\.)*"/sy) ?? source.take(/'(?:[^'\\]|\\.)*'/sy);
  return quoted === undefined ? plainLiteral(source) : jsonataString(quoted);
}

/** JSONata escapes as JSON does. */
function jsonataString(quoted: string): string {
  const double = quoted.startsWith("'")
    ? quoted.slice(1, -1).replaceAll(/\\.|"/gs, escapeDoubled)
    : quoted.slice(1, -1);
  try {
    return JSON.parse(`"${double}"`);
  } catch {
    throw new NotConstant();
  }
}

function escapeDoubled(match: string): string {
  if (match === '"') return '\\"';
  return match === "\\'" ? "'" : match;
}

function intrinsicArgument(source: Source): Json {
  const quoted = source.take(/'(?:[^'\\]|\\.)*'/sy);
  if (quoted !== undefined) return quoted.slice(1, -1).replaceAll(/\\(['\\])/g, '$1');
  const name = source.take(/States\.\w+(?=\s*\()/y);
  return name === undefined ? plainLiteral(source) : callIntrinsic(name, intrinsicArguments(source));
}

function intrinsicArguments(source: Source): Json[] {
  const values: Json[] = [];
  source.take(/\(/y);
  if (source.take(/\)/y) !== undefined) return values;
  do values.push(intrinsicArgument(source));
  while (source.take(/,/y) !== undefined);
  if (source.take(/\)/y) === undefined) throw new NotConstant();
  return values;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html: those that build names. */
function callIntrinsic(name: string, [first = null, ...rest]: readonly Json[]): Json {
  switch (name) {
    case 'States.Format':
      return format(first, rest);
    case 'States.Array':
      return [first, ...rest];
    case 'States.ArrayGetItem': {
      const [index] = rest;
      const item = isArray(first) && typeof index === 'number' ? first[index] : undefined;
      if (item === undefined) throw new NotConstant();
      return item;
    }
    default:
      throw new NotConstant();
  }
}

function format(template: Json, values: readonly Json[]): string {
  if (typeof template !== 'string') throw new NotConstant();
  let used = 0;
  const text = template.replaceAll(/\\[{}]|\{\}/g, (match) => {
    if (match !== '{}') return match.slice(1);
    const value = values[used];
    used += 1;
    if (typeof value === 'string') return value;
    if (Number.isInteger(value) || typeof value === 'boolean') return String(value);
    throw new NotConstant();
  });
  if (used !== values.length) throw new NotConstant();
  return text;
}
