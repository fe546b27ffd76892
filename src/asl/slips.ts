/** Texts that stand where a name should, and are none: a placeholder that nothing filled in, an expression in the wrong place. */
import { isJsonataExpression } from './jsonata.ts';
import type { QueryLanguage } from './task.ts';

/** `${Table}`, `${AWS::Region}`, `${Queue.Arn}`, `${var.table}`; `${aws:username}` is a policy variable and data. */
const SUBSTITUTION = /\$\{[A-Za-z_][\w-]*(?:(?:\.|::)[\w-]+|\[[^\]{}]*\])*\}/;
/** `{ACCOUNT-NUMBER}`, `<ACCOUNT_ID>`, `{{table}}` */
const BLANK = /\{[A-Z][A-Z0-9_-]+\}|<[A-Z][A-Z0-9_ -]+>|^<[^<>]+>$|\{\{[^{}]*\}\}/;
/** `$.table`, `$$.Execution.Name`, `$states.input.table`, `States.Format(…)` */
const EXPRESSION = /^(?:\$\$?\.|\$\[|\$states\.|States\.\w+\()/;

/** Why a literal text is no name, in words that follow the parameter's name; undefined if nothing is wrong with it. */
export function slipIn(text: string, language: QueryLanguage): string | undefined {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  if (SUBSTITUTION.test(text) || BLANK.test(text)) {
    return `${shown} holds a placeholder that nothing has filled in`;
  }
  if (language === 'JSONPath' && isJsonataExpression(text)) {
    return `${shown} is JSONata in a JSONPath state, where it is taken as it stands`;
  }
  if (!EXPRESSION.test(text)) return undefined;
  return language === 'JSONPath'
    ? `${shown} is a path, which is read as one only where the parameter's name ends in ".$"`
    : `${shown} is an expression, which is read as one only between {% and %}`;
}
