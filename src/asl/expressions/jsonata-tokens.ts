/** The tokens of JSONata. */
import { NotUnderstood } from './token-reader.ts';

/** How strongly each operator binds, as in JSONata's own parser. */
export const POWERS: ReadonlyMap<string, number> = new Map([
  ['[', 80],
  ['(', 80],
  ['@', 80],
  ['#', 80],
  ['.', 75],
  ['{', 70],
  ['*', 60],
  ['/', 60],
  ['%', 60],
  ['&', 50],
  ['+', 50],
  ['-', 50],
  ['=', 40],
  ['!=', 40],
  ['<', 40],
  ['<=', 40],
  ['>', 40],
  ['>=', 40],
  ['in', 40],
  ['^', 40],
  ['~>', 40],
  ['?:', 40],
  ['??', 40],
  ['and', 30],
  ['or', 25],
  ['..', 20],
  ['?', 20],
  [':=', 10],
]);

export const OPERATOR = /:=|!=|<=|>=|~>|\?:|\?\?|\.\.|(?:and|or|in)\b|[[(@#.{*/%&+\-=<>^?]/y;
export const COMMENT = /\/\*(?:[^*]|\*(?!\/))*\*\//y;
export const VARIABLE = /\$(?:\$|\w*)/y;
export const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?!\w|\.(?!\.))/y;
export const NAME = /[A-Za-z_]\w*|`[^`]*`/y;
export const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy;
export const WORD = /(?:true|false|null)\b/y;
export const FUNCTION = /(?:function|\u03BB)(?=\s*\()/y;
/** A slash inside a character class does not end the expression. */
export const REGULAR_EXPRESSION = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[im]*/y;

/** JSONata escapes as JSON does. */
export function unquote(quoted: string): string {
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
