/**
 * Patterns of `*` (any run of characters) and `?` (any one character), split into tokens, and what can be asked about two of
 * them. Nothing here knows IAM; `pattern.ts` reads its notation.
 */
import type { StepBudget } from './steps.ts';

export const ANY_RUN = -1;
const ANY_ONE = -2;

/** A pattern split into tokens: code points, `ANY_RUN` and `ANY_ONE`. */
export type Tokens = readonly number[];

/** The text as tokens that match exactly this text. */
export function literal(text: string): Tokens {
  const tokens: number[] = [];
  for (const character of text) tokens.push(character.codePointAt(0) ?? 0);
  return tokens;
}

/** The tokens of a pattern in which `*` and `?` are wildcards. */
export function glob(pattern: string): Tokens {
  const tokens: number[] = [];
  for (const character of pattern) {
    if (character === '*') tokens.push(ANY_RUN);
    else if (character === '?') tokens.push(ANY_ONE);
    else tokens.push(character.codePointAt(0) ?? 0);
  }
  return tokens;
}

/**
 * Whether every string that `inner` matches is also matched by `outer`. The answer is exact, with two exceptions in which it is
 * no: a budget that runs out, and contrived pairs of many `?` and `*` on both sides that would take more than `MAX_SET_STEPS`. At
 * worst this takes outer length × inner length steps.
 */
export function covers(outer: Tokens, inner: Tokens, budget: StepBudget): boolean {
  if (!budget.take(1) || !sameEdges(outer, inner)) return false;
  const isWord = !outer.includes(ANY_ONE) || !inner.includes(ANY_RUN);
  return isWord ? matches(outer, inner, budget) : coversPattern(outer, inner, budget);
}

/** Whether there is a string that both match. Takes outer length × inner length steps; if the budget is too small for them, the
 *  answer is yes. */
export function overlaps(a: Tokens, b: Tokens, budget: StepBudget): boolean {
  if (isLiteral(b)) return matches(a, b, budget) || budget.exhausted;
  if (!budget.take(a.length * (b.length + 1))) return true;
  // below[j]: whether the rest of `a` after this token and the rest of `b` from j on have a string in common.
  const lastNeeded = b.findLastIndex((token) => token !== ANY_RUN);
  let below = Array.from({ length: b.length + 1 }, (_, j) => j > lastNeeded);
  for (const token of a.toReversed()) {
    const row = Array.from(below, () => false);
    for (let j = b.length; j >= 0; j -= 1) {
      const other = b[j];
      if (token === ANY_RUN) row[j] = below[j] === true || row[j + 1] === true;
      else if (other === ANY_RUN) row[j] = row[j + 1] === true || below[j] === true;
      else row[j] = other !== undefined && shareCharacter(token, other) && below[j + 1] === true;
    }
    below = row;
  }
  return below[0] === true;
}

function isLiteral(tokens: Tokens): boolean {
  return tokens.every((token) => token >= 0);
}

function shareCharacter(a: number, b: number): boolean {
  return a === b || a === ANY_ONE || b === ANY_ONE;
}

/** Whether the first and the last tokens leave the answer open: most pairs of a long list differ there. */
function sameEdges(outer: Tokens, inner: Tokens): boolean {
  return fits(outer[0], inner[0]) && fits(outer.at(-1), inner.at(-1));
}

function fits(expected: number | undefined, found: number | undefined): boolean {
  return expected === undefined ? found === undefined : expected < 0 || expected === found;
}

/**
 * Whether `outer` matches `inner` read as one word. A wildcard of `inner` stands for a character that `outer` never names, which
 * is the hardest one to match: if only a `*` of `outer` can match it, it may as well be none or many. So this decides inclusion
 * if `outer` has no `?`, or if `inner` has no `*`.
 */
function matches(outer: Tokens, inner: Tokens, budget: StepBudget): boolean {
  let steps = 0;
  let token = 0;
  let point = 0;
  // Only the last run seen can ever have to match more, so one place to return to is enough.
  let lastRun = -1;
  let lastRunEnd = 0;
  while (point < inner.length) {
    steps += 1;
    if (steps === STEPS_AT_A_TIME) {
      if (!budget.take(steps)) return false;
      steps = 0;
    }
    const expected = outer[token];
    if (expected === ANY_RUN) {
      lastRun = token;
      lastRunEnd = point;
      token += 1;
    } else if (expected === ANY_ONE || (expected !== undefined && expected === inner[point])) {
      token += 1;
      point += 1;
    } else if (lastRun >= 0) {
      lastRunEnd += 1;
      point = lastRunEnd;
      token = lastRun + 1;
    } else {
      budget.take(steps);
      return false;
    }
  }
  while (outer[token] === ANY_RUN) token += 1;
  return budget.take(steps) && token === outer.length;
}

/** Steps are reported in portions: reporting each one would cost more than taking it. */
const STEPS_AT_A_TIME = 256;

/** Limit for one inclusion with `?` outside and `*` inside. Those of real policies take some thousand steps. */
const MAX_SET_STEPS = 200_000;

/** What sets of states cost, in steps of `matches`: big integers are allocated each time. */
const STEPS = { automaton: 50, inclusion: 300, successor: 30, word: 12 } as const;

/**
 * Runs `inner` through the automaton of `outer` (one state for each token, a bit each, as in Shift-And). A wildcard in `inner`
 * may stand for a character that `outer` never names, which is the hardest one to match: so `?` is one such character, and `*` is
 * none, one, two … of them, until the set of states stays the same. Of the sets that can be reached, only those matter that
 * contain no other set: whatever leads such a set to the end also leads every larger one there.
 */
function coversPattern(outer: Tokens, inner: Tokens, budget: StepBudget): boolean {
  let left = MAX_SET_STEPS;
  const take = (steps: number): boolean => {
    left -= steps;
    return left >= 0 && budget.take(steps);
  };
  if (!take(outer.length + inner.length) || leastLength(inner) < leastLength(outer)) return false;
  if (!take(STEPS.inclusion)) return false;
  const automaton = automatonOf(outer, budget);
  if (automaton === undefined) return false;
  const perSet = STEPS.successor + STEPS.word * automaton.words;
  let frontier: readonly bigint[] = [automaton.start];
  for (const token of tidyWildcards(inner)) {
    const reached = new Set<bigint>();
    for (const states of frontier) {
      for (const next of automaton.successors(states, token)) {
        if (next === 0n || !take(perSet)) return false;
        reached.add(next);
      }
    }
    if (!take(reached.size * (reached.size - 1) * automaton.words)) return false;
    frontier = reached.size === 1 ? [...reached] : smallest([...reached]);
  }
  return frontier.every((states) => (states & automaton.end) !== 0n);
}

/** Length of the shortest string that matches. */
function leastLength(tokens: Tokens): number {
  let length = 0;
  for (const token of tokens) if (token !== ANY_RUN) length += 1;
  return length;
}

/** The same pattern with each run of wildcards written as its `?`, then at most one `*`: `*?**?` becomes `??*`. */
function tidyWildcards(tokens: Tokens): Tokens {
  const tidy: number[] = [];
  let hasRun = false;
  for (const token of tokens) {
    if (token === ANY_RUN) hasRun = true;
    else {
      if (token >= 0 && hasRun) {
        tidy.push(ANY_RUN);
        hasRun = false;
      }
      tidy.push(token);
    }
  }
  if (hasRun) tidy.push(ANY_RUN);
  return tidy;
}

interface Automaton {
  /** Words of 64 states. */
  readonly words: number;
  readonly start: bigint;
  readonly end: bigint;
  /** The sets of states to which a token of the inner pattern may lead. */
  successors(states: bigint, token: number): Iterable<bigint>;
}

/** Rules are compared with many patterns, so each automaton is kept as long as its pattern. */
const AUTOMATA = new WeakMap<Tokens, Automaton>();

function automatonOf(tokens: Tokens, budget: StepBudget): Automaton | undefined {
  const known = AUTOMATA.get(tokens);
  if (known !== undefined) return known;
  const tidy = tidyWildcards(tokens);
  if (!budget.take(tidy.length * (STEPS.automaton + Math.ceil(tidy.length / 64)))) return undefined;
  const automaton = buildAutomaton(tidy);
  AUTOMATA.set(tokens, automaton);
  return automaton;
}

function buildAutomaton(tokens: Tokens): Automaton {
  const placesOf = new Map<number, bigint>();
  for (const [place, token] of tokens.entries()) {
    placesOf.set(token, (placesOf.get(token) ?? 0n) | (1n << BigInt(place)));
  }
  const runs = placesOf.get(ANY_RUN) ?? 0n;
  const ones = placesOf.get(ANY_ONE) ?? 0n;

  /** A run may match nothing, so a state before a run is also a state behind it. */
  function skipRuns(states: bigint): bigint {
    let all = states;
    for (let wider = all | ((all & runs) << 1n); wider !== all; wider |= (all & runs) << 1n) all = wider;
    return all;
  }
  /** Reads one more character; `ANY_ONE` stands for a character that the pattern does not name. */
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
  const words = 1 + Math.floor(tokens.length / 64);
  return { words, start: skipRuns(1n), end: 1n << BigInt(tokens.length), successors };
}

/** The sets that contain none of the others. */
function smallest(sets: readonly bigint[]): readonly bigint[] {
  return sets.filter((set) => !sets.some((other) => other !== set && (other & set) === other));
}
