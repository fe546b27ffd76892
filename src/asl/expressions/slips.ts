/** Texts that cannot be meant as names: a placeholder that nothing filled in, an expression in the wrong place. */
import type { QueryLanguage } from '../task.ts';

/** `${Table}`, `${AWS::Region}`, `${Queue.Arn}`, `${var.table}`; `${aws:username}` is a policy variable, and data. */
const SUBSTITUTION = /\$\{[A-Za-z_][\w-]*(?:(?:\.|::)[\w-]+|\[[^\]{}]*\])*\}/;
/** `{ACCOUNT-NUMBER}`, `<ACCOUNT_ID>`, `{{table}}` */
const BLANK = /\{[A-Z][A-Z0-9_-]+\}|<[A-Z][A-Z0-9_ -]+>|^<[^<>]+>$|\{\{[^{}]*\}\}/;
/** `$.table`, `$$.Execution.Name`, `$states.input.table`, `States.Format(…)` */
const EXPRESSION = /^\s*(?:\$\$?\.|\$\[|\$states\.|States\.\w+\()/;

/** Why a literal text is not a name, in words that follow the parameter's name; undefined if nothing is wrong with it. */
export function slipIn(text: string, language: QueryLanguage): string | undefined {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  if (SUBSTITUTION.test(text) || BLANK.test(text)) {
    return `${shown} contains a placeholder that was not filled in`;
  }
  if (holdsJsonata(text)) {
    return language === 'JSONPath'
      ? `${shown} is JSONata in a JSONPath state, where it is taken literally`
      : `${shown} is an expression only if it begins with {% and ends with %}`;
  }
  if (!EXPRESSION.test(text)) return undefined;
  return language === 'JSONPath'
    ? `${shown} is a path, which is read as one only if the parameter's name ends in ".$"`
    : `${shown} is an expression, which is read as one only between {% and %}`;
}

/** In JSONata, if an expression was read as one, whatever still contains one, or begins or ends as one, is text. */
function holdsJsonata(text: string): boolean {
  const opening = text.indexOf('{%');
  if (opening === 0 || (opening < 0 && text.endsWith('%}'))) return true;
  return opening > 0 && text.includes('%}', opening + 2);
}
