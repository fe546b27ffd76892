/**
 * Patterns as IAM writes them for actions, resources and the `Like` operators: `*` is any run of characters (`:` and `/` too),
 * `?` is any one character, and the question is whether one pattern lies inside another. `${*}`, `${?}` and `${$}` are these
 * characters themselves. Only AWS knows what any other policy variable stands for, so a pattern that contains one matches nothing
 * here and lies inside nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import { covers, glob, literal, type Tokens } from './glob.ts';
import { unbounded, type StepBudget } from './steps.ts';

/** Whether the pattern matches the whole value. Case counts. */
export function matchesPattern(pattern: string, value: string): boolean {
  const tokens = compilePattern(pattern, unknownVariable);
  return tokens !== undefined && covers(tokens, literal(value), unbounded());
}

/** `matchesPattern` for action names, where case does not count. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesPattern(pattern.toLowerCase(), action.toLowerCase());
}

/**
 * Whether every string that `pattern` matches is also matched by `allowed`. Exact for `*` and `?` on both sides. The answer is no
 * for patterns with policy variables, and if a contrived pair would take too many steps to decide (`covers`).
 */
export function isWithin(pattern: string, allowed: string): boolean {
  return new Pattern(pattern).isWithin(new Pattern(allowed), unbounded());
}

/** `isWithin` for actions: case does not count, and `*` is the same as `*:*`. */
export function isActionWithin(pattern: string, allowed: string): boolean {
  return actionPattern(pattern).isWithin(actionPattern(allowed), unbounded());
}

/**
 * Whether one of the patterns covers all actions of `pattern`. Stricter than inclusion in their union: if only several of them
 * together cover it, the answer is no.
 */
export function isActionWithinAny(pattern: string, allowed: readonly string[]): boolean {
  return allowed.some((candidate) => isActionWithin(pattern, candidate));
}

/** The cost of seeing that two patterns begin or end differently. */
const STEPS_TO_REFUSE = 4;
/** For each character. */
const STEPS_TO_TAKE_APART = 8;

/** A pattern that is compared with many others: it is split once, and only if its beginning and its end leave the answer open. */
export class Pattern {
  readonly text: string;
  /** The text with which every match begins, and the one with which it ends. */
  readonly #prefix: string;
  readonly #suffix: string;
  #tokens: Tokens | undefined;
  #isTakenApart = false;

  constructor(text: string) {
    this.text = text;
    const wildcard = text.search(/[*?$]/);
    this.#prefix = wildcard < 0 ? text : text.slice(0, wildcard);
    this.#suffix = text.includes('$')
      ? ''
      : text.slice(1 + Math.max(text.lastIndexOf('*'), text.lastIndexOf('?')));
  }

  /** Like the function of this name. If the budget runs out, the answer is no. Takes a few steps, or up to length × length if
   *  both begin and end alike. */
  isWithin(allowed: Pattern, budget: StepBudget): boolean {
    if (!budget.take(STEPS_TO_REFUSE)) return false;
    if (!this.text.startsWith(allowed.#prefix) || !this.text.endsWith(allowed.#suffix)) return false;
    const inner = this.#read(budget);
    if (this.text === allowed.text) return inner !== undefined;
    const outer = allowed.#read(budget);
    return inner !== undefined && outer !== undefined && covers(outer, inner, budget);
  }

  #read(budget: StepBudget): Tokens | undefined {
    if (this.#isTakenApart) return this.#tokens;
    if (!budget.take(STEPS_TO_TAKE_APART * this.text.length)) return undefined;
    this.#tokens = compilePattern(this.text, unknownVariable);
    this.#isTakenApart = true;
    return this.#tokens;
  }
}

/** A pattern of actions: case does not count, and `*` is the same as `*:*`. */
export function actionPattern(text: string): Pattern {
  return new Pattern(text === '*' ? '*:*' : text.toLowerCase());
}

/** `text` with its wildcard characters made literal, for names that come from outside. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
}

/**
 * Splits a pattern into tokens.
 * @param lookup what a policy variable stands for; undefined makes the whole pattern undefined
 * @param read how the text between variables is read: with wildcards, or literally
 */
export function compilePattern(
  pattern: string,
  lookup: (name: string) => Tokens | undefined,
  read: (text: string) => Tokens = glob,
): Tokens | undefined {
  if (!pattern.includes('${')) return read(pattern);
  const tokens: number[] = [];
  // A `${` that is never closed is not a variable. No name contains a brace, which keeps the search linear.
  for (const [part, variable] of pattern.matchAll(/\$\{([^{}]*)\}|[^$]+|\$/g)) {
    if (variable === undefined) {
      for (const token of read(part)) tokens.push(token);
      continue;
    }
    const value = ESCAPES.has(variable) ? literal(variable) : lookup(variable);
    if (value === undefined) return undefined;
    for (const token of value) tokens.push(token);
  }
  return tokens;
}

const ESCAPES: ReadonlySet<string> = new Set(['*', '?', '$']);

function unknownVariable(): undefined {
  return undefined;
}
