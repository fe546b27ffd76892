/**
 * Patterns as IAM writes them for actions, resources and the `Like` operators: `*` is any run of characters (`:`
 * and `/` too), `?` any one, and the question is whether one pattern lies inside another.
 * `${*}`, `${?}` and `${$}` are those characters themselves. What any other policy variable stands for is only
 * known to AWS, so a pattern that holds one matches nothing here and lies in nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import { covers, glob, literal, type Tokens } from './glob.ts';

/** Does the pattern match the whole value? Case counts. */
export function matchesPattern(pattern: string, value: string): boolean {
  const tokens = compilePattern(pattern, unknownVariable);
  return tokens !== undefined && covers(tokens, literal(value));
}

/** `matchesPattern` for action names, where case does not count. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesPattern(pattern.toLowerCase(), action.toLowerCase());
}

/**
 * Is every string that `pattern` matches also matched by `allowed`? Exact for `*` and `?` on both sides; no only
 * where policy variables stand, or when a contrived pair would take too many steps to decide (`covers`).
 */
export function isWithin(pattern: string, allowed: string): boolean {
  const inner = compilePattern(pattern, unknownVariable);
  const outer = compilePattern(allowed, unknownVariable);
  return inner !== undefined && outer !== undefined && covers(outer, inner);
}

/**
 * Does one of the patterns cover `pattern` whole? Stricter than inclusion in their union: what only several
 * of them together cover is answered with no.
 */
export function isWithinAny(pattern: string, allowed: readonly string[]): boolean {
  return allowed.some((candidate) => isWithin(pattern, candidate));
}

/** `isWithin` for actions: case does not count, and `*` is the same as `*:*`. */
export function isActionWithin(pattern: string, allowed: string): boolean {
  return isWithin(wholeAction(pattern), wholeAction(allowed));
}

/** `isWithinAny` for actions. */
export function isActionWithinAny(pattern: string, allowed: readonly string[]): boolean {
  return allowed.some((candidate) => isActionWithin(pattern, candidate));
}

/** The pattern with the wildcard characters of `text` made literal, for names that come from outside. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
}

/**
 * Takes a pattern apart.
 * @param lookup what a policy variable stands for; undefined makes the whole pattern undefined
 * @param read how the text between variables is taken: with wildcards, or as it stands
 */
export function compilePattern(
  pattern: string,
  lookup: (name: string) => Tokens | undefined,
  read: (text: string) => Tokens = glob,
): Tokens | undefined {
  const tokens: number[] = [];
  // A `${` that is never closed is no variable. No name holds a brace, which keeps the search linear.
  for (const [part, variable] of pattern.matchAll(/\$\{([^{}]*)\}|[^$]+|\$/g)) {
    if (variable === undefined) {
      tokens.push(...read(part));
      continue;
    }
    const value = ESCAPES.has(variable) ? literal(variable) : lookup(variable);
    if (value === undefined) return undefined;
    tokens.push(...value);
  }
  return tokens;
}

const ESCAPES: ReadonlySet<string> = new Set(['*', '?', '$']);

function unknownVariable(): undefined {
  return undefined;
}

/** The action in lower case, `*` written out. */
function wholeAction(pattern: string): string {
  return pattern === '*' ? '*:*' : pattern.toLowerCase();
}
