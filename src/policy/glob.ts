/**
 * Patterns of `*` (any run of characters) and `?` (any one character), taken apart into tokens, and what can be
 * asked about two of them. Nothing here knows IAM; `pattern.ts` reads its notation.
 */

export const ANY_RUN = -1;
export const ANY_ONE = -2;

/** A pattern taken apart: code points, `ANY_RUN` and `ANY_ONE`. */
export type Tokens = readonly number[];

/** The text as tokens that match just it. */
export function literal(text: string): Tokens {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/** The tokens of a pattern in which `*` and `?` are wildcards. */
export function glob(pattern: string): Tokens {
  return literal(pattern).map((point) => WILDCARDS.get(point) ?? point);
}

const WILDCARDS: ReadonlyMap<number | undefined, number> = new Map([
  ['*'.codePointAt(0), ANY_RUN],
  ['?'.codePointAt(0), ANY_ONE],
]);

/**
 * Is every string that `inner` matches also matched by `outer`? Exact; only for contrived pairs that would take
 * more than `MAX_STEPS` steps or `MAX_SETS` sets the answer is no.
 */
export function covers(outer: Tokens, inner: Tokens): boolean {
  return isLiteral(inner) ? matches(outer, inner) : coversPattern(outer, inner);
}

/** Is there a string that both match? */
export function overlaps(a: Tokens, b: Tokens): boolean {
  if (isLiteral(b)) return matches(a, b);
  // below[j]: do what is left of `a` after this token and what is left of `b` from j on have a string in common?
  const lastNeeded = b.findLastIndex((token) => token !== ANY_RUN);
  let below = Array.from({ length: b.length + 1 }, (_, j) => j > lastNeeded);
  for (const token of a.toReversed()) {
    const row = Array.from(below, () => false);
    for (let j = b.length; j >= 0; j -= 1) {
      const other = b[j];
      if (token === ANY_RUN) row[j] = below[j] === true || (j < b.length && row[j + 1] === true);
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

/** Do the tokens match the whole text? At worst pattern length × text length steps. */
function matches(tokens: Tokens, text: Tokens): boolean {
  let token = 0;
  let point = 0;
  // Only the last run seen can ever need to take in more, so one place to return to is enough.
  let lastRun = -1;
  let lastRunEnd = 0;
  while (point < text.length) {
    const expected = tokens[token];
    if (expected === ANY_RUN) {
      lastRun = token;
      lastRunEnd = point;
      token += 1;
    } else if (expected === ANY_ONE || (expected !== undefined && expected === text[point])) {
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

/** Bounds of one inclusion. Patterns from real policies take about a step per character and hold one or two sets. */
const MAX_STEPS = 20_000;
const MAX_SETS = 100;

/**
 * Walks `inner` through the automaton of `outer` (one state per token, a bit each, as in Shift-And). A wildcard
 * in `inner` may stand for a character that `outer` never names, which is the hardest one to match: so `?` is
 * one such character, and `*` is none, one, two … of them, until the set of states stays the same. Of the sets
 * that can be reached only those matter that contain no other: what leads them to the end leads all to it.
 */
function coversPattern(outer: Tokens, inner: Tokens): boolean {
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
