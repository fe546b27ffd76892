/**
 * JSONPath and intrinsic functions, as far as the definition determines their values.
 * https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
import { callIntrinsic } from './intrinsics.ts';
import { fromJson, fromNumeral, unknown } from './known.ts';
import type { Known } from './known.ts';
import { contextAt, follow } from './scope.ts';
import type { Scope, Steps } from './scope.ts';
import { MAX_EXPRESSION, readWhole } from './token-reader.ts';
import type { TokenReader } from './token-reader.ts';

/** The value of a `….$` field. */
export function evaluateJsonPath(text: string, scope: Scope): Known {
  const value = text.startsWith('States.')
    ? readWhole(text, (tokens) => argument(tokens, scope))
    : evaluatePath(text, scope);
  return value ?? unknown(text);
}

/** `$`, `$$` or `$variable`, then members and indexes; a path that selects several values is not followed. */
const PATH = /^\$(\$|[A-Za-z_][\w]*)?((?:\.[\w-]+|\['[^'\\]*'\]|\["[^"\\]*"\]|\[\d+\])*)$/;
const STEP = /\.([\w-]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/g;

/** A path's parts; undefined if it is not simply members and indexes. */
export function parsePath(text: string): { readonly root: string; readonly steps: Steps } | undefined {
  const [matched, root = '', rest = ''] = text.length > MAX_EXPRESSION ? [] : (PATH.exec(text) ?? []);
  if (matched === undefined) return undefined;
  const steps = [...rest.matchAll(STEP)].map(([, name, single, double, index]) =>
    index === undefined ? (name ?? single ?? double ?? '') : Number(index),
  );
  return { root, steps };
}

function evaluatePath(text: string, scope: Scope): Known {
  const path = parsePath(text);
  if (path === undefined) return unknown(text);
  const { root, steps } = path;
  if (root === '$') return contextAt(scope, steps, text);
  const holder = root === '' ? scope.input : (scope.variables.get(root) ?? unknown(text));
  return follow(holder, steps, text);
}

function argument(tokens: TokenReader, scope: Scope): Known {
  return tokens.nested(() => argumentIn(tokens, scope));
}

function argumentIn(tokens: TokenReader, scope: Scope): Known {
  const quoted = tokens.take(/'(?:[^'\\]|\\.)*'/sy);
  if (quoted !== undefined) return fromJson(quoted.slice(1, -1).replaceAll(/\\(['\\])/g, '$1'));
  const name = tokens.take(/States\.\w+(?=\s*\()/y);
  if (name !== undefined) return callIntrinsic(name, callArguments(tokens, scope));
  const path = tokens.take(/\$[^,()\s]*/y);
  if (path !== undefined) return evaluatePath(path, scope);
  const numeral = tokens.take(NUMBER);
  return numeral === undefined ? fromJson(JSON.parse(tokens.expect(WORD))) : fromNumeral(numeral);
}

const NUMBER = /-?\d+(?:\.\d+)?(?![\w.])/y;
const WORD = /(?:true|false|null)\b/y;

function callArguments(tokens: TokenReader, scope: Scope): Known[] {
  const values: Known[] = [];
  tokens.expect(/\(/y);
  if (tokens.take(/\)/y) !== undefined) return values;
  do values.push(argument(tokens, scope));
  while (tokens.take(/,/y) !== undefined);
  tokens.expect(/\)/y);
  return values;
}
