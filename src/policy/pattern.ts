/**
 * Patterns with `*` (any run of characters, `:` and `/` too) and `?` (any one character), as IAM uses them for
 * actions, resources and the `Like` operators, and the question whether one pattern lies inside another.
 * `${*}`, `${?}` and `${$}` are those characters themselves. What any other policy variable stands for is only
 * known to AWS, so a pattern that holds one matches nothing here and lies in nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */

const ANY_RUN = -1;
const ANY_ONE = -2;

/** A pattern taken apart: code points, `ANY_RUN` and `ANY_ONE`. */
export type Tokens = readonly number[];

/** What a policy variable stands for; undefined when that is not known. */
export type VariableLookup = (name: string) => string | undefined;

/** Does the pattern match the whole value? Case counts. At worst pattern length × value length steps. */
export function matchesPattern(pattern: string, value: string): boolean {
  const tokens = compilePattern(pattern, unknownVariable);
  return tokens !== undefined && matchesTokens(tokens, value);
}

/** `matchesPattern` for action names, where case does not count. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesPattern(pattern.toLowerCase(), action.toLowerCase());
}

/**
 * Is every string that `pattern` matches also matched by `allowed`? Exact for `*` and `?` on both sides; no only
 * where policy variables stand, or when a contrived pair would take more than 20,000 steps to decide.
 */
export function isWithin(pattern: string, allowed: string): boolean {
  const inner = compilePattern(pattern, unknownVariable);
  const outer = compilePattern(allowed, unknownVariable);
  return inner !== undefined && outer !== undefined && includes(outer, inner);
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
  return isWithin(canonicalAction(pattern), canonicalAction(allowed));
}

/** `isWithinAny` for actions. */
export function isActionWithinAny(pattern: string, allowed: readonly string[]): boolean {
  return allowed.some((candidate) => isActionWithin(pattern, candidate));
}

/** The pattern with the wildcard characters of `text` made literal, for names that come from outside. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[*?]|\$(?=\{)/g, (character) => `\${${character}}`);
}

/** Takes a pattern apart; undefined when it holds a variable that `lookup` does not know. A value put in for a
 *  variable is taken literally. */
export function compilePattern(pattern: string, lookup: VariableLookup): Tokens | undefined {
  const tokens: number[] = [];
  // A `${` that is never closed is no variable; `[^}]*` stops at the first brace, so this is linear.
  for (const [part, variable] of pattern.matchAll(/\$\{([^}]*)\}|[^$]+|\$/g)) {
    if (variable === undefined) {
      tokens.push(...compileGlob(part));
      continue;
    }
    const value = ESCAPES.has(variable) ? variable : lookup(variable);
    if (value === undefined) return undefined;
    tokens.push(...codePoints(value));
  }
  return tokens;
}

/** Takes a pattern apart that has no variables: the policy language before 2012-10-17 knows none. */
export function compileGlob(pattern: string): Tokens {
  return codePoints(pattern).map((point) => WILDCARDS.get(point) ?? point);
}

/** Do the tokens match the whole value? */
export function matchesTokens(tokens: Tokens, value: string): boolean {
  const points = codePoints(value);
  let token = 0;
  let point = 0;
  // Only the last run seen can ever need to take in more, so one place to return to is enough.
  let lastRun = -1;
  let lastRunEnd = 0;
  while (point < points.length) {
    const expected = tokens[token];
    if (expected === ANY_RUN) {
      lastRun = token;
      lastRunEnd = point;
      token += 1;
    } else if (expected === ANY_ONE || (expected !== undefined && expected === points[point])) {
      token += 1;
      point += 1;
    } else if (lastRun >= 0) {
      lastRunEnd += 1;
      point = lastRunEnd;
      token = lastRun + 1;
    } else {
      return false;
    }
  }
  while (tokens[token] === ANY_RUN) token += 1;
  return token === tokens.length;
}

const ESCAPES: ReadonlySet<string> = new Set(['*', '?', '$']);
const WILDCARDS: ReadonlyMap<number | undefined, number> = new Map([
  ['*'.codePointAt(0), ANY_RUN],
  ['?'.codePointAt(0), ANY_ONE],
]);

const unknownVariable: VariableLookup = () => undefined;

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

function canonicalAction(pattern: string): string {
  return pattern === '*' ? '*:*' : pattern.toLowerCase();
}

/** Bounds of one inclusion. Patterns from real policies take about a step per character and hold one or two sets. */
const MAX_STEPS = 20_000;
const MAX_SETS = 100;

/**
 * Walks `inner` through the automaton of `outer` (one state per token, a bit each, as in Shift-And). A wildcard
 * in `inner` may stand for a character that `outer` never names, which is the hardest one to match: so `?` is
 * one such character, and `*` is none, one, two … of them, until the set of states stays the same. Of the sets
 * that can be reached only those matter that contain no other: what leads them to the end leads all to it.
 */
function includes(outer: Tokens, inner: Tokens): boolean {
  const automaton = buildAutomaton(outer);
  let frontier: readonly bigint[] = [automaton.start];
  let steps = 0;
  for (const token of inner) {
    const reached = new Set<bigint>();
    for (const states of frontier) {
      for (const next of automaton.successors(states, token)) {
        steps += 1;
        reached.add(next);
        if (next === 0n || steps > MAX_STEPS || reached.size > MAX_SETS) return false;
      }
    }
    frontier = smallest([...reached]);
  }
  return frontier.every((states) => (states & automaton.end) !== 0n);
}

interface Automaton {
  readonly start: bigint;
  readonly end: bigint;
  /** The sets of states that a token of the inner pattern may lead to. */
  successors(states: bigint, token: number): Iterable<bigint>;
}

function buildAutomaton(tokens: Tokens): Automaton {
  const placesOf = new Map<number, bigint>();
  for (const [place, token] of tokens.entries()) {
    placesOf.set(token, (placesOf.get(token) ?? 0n) | (1n << BigInt(place)));
  }
  const runs = placesOf.get(ANY_RUN) ?? 0n;
  const ones = placesOf.get(ANY_ONE) ?? 0n;

  /** A run may match nothing: whoever stands on one stands behind it, too. */
  function skipRuns(states: bigint): bigint {
    let all = states;
    for (let wider = all | ((all & runs) << 1n); wider !== all; wider |= (all & runs) << 1n) all = wider;
    return all;
  }
  /** One more character; `ANY_ONE` is one that the pattern does not name. */
  function step(states: bigint, token: number): bigint {
    const named = token === ANY_ONE ? 0n : (placesOf.get(token) ?? 0n);
    return skipRuns((states & runs) | ((states & (ones | named)) << 1n));
  }
  function* successors(states: bigint, token: number): Iterable<bigint> {
    if (token !== ANY_RUN) return yield step(states, token);
    let current = states;
    for (let next = step(current, ANY_ONE); next !== current; next = step(current, ANY_ONE)) {
      yield current;
      current = next;
    }
    yield current;
  }
  return { start: skipRuns(1n), end: 1n << BigInt(tokens.length), successors };
}

/** The sets that contain none of the others. */
function smallest(sets: readonly bigint[]): readonly bigint[] {
  return sets.filter((set) => !sets.some((other) => other !== set && (other & set) === other));
}
