/**
 * How the work of a regular expression grows with a text that somebody else chose. A backtracking engine tries every way through
 * the automaton before it says no, so its work grows like the number of ways (Weideman et al., "Analyzing Matching Time Behavior
 * of Backtracking Regular Expression Matchers", https://doi.org/10.1007/978-3-319-40946-7_27).
 */
import { type Automaton, automatonOf, type State } from './automaton.ts';

/** How often a loop may repeat at most if its work is done again at each place of a text. */
const SHORT = 256;

/** What is wrong with an expression, and which text shows it. Undefined if its work grows only in proportion to the text. */
export function growthProblem(source: string, flags: string): string | undefined {
  try {
    return problemOf(automatonOf(source, flags));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function problemOf({ states, search, alphabet }: Automaton): string | undefined {
  const loops = loopsOf(states);
  const [begin] = search;
  const isSearch = (loop: readonly State[]): boolean => begin !== undefined && loop.includes(begin);
  for (const loop of loops) {
    const doubling = isSearch(loop) ? undefined : doublingOf(loop);
    if (doubling !== undefined)
      return `work that doubles with each ${textOf(doubling, alphabet)} in a row, where nothing fits in the end`;
  }
  for (const first of loops) {
    for (const second of loops) {
      const word = first === second ? undefined : sharedWord(first, second, isSearch(first));
      if (word !== undefined)
        return `work that grows as the square of the number of ${textOf(word, alphabet)} in a row, where nothing fits in the end`;
    }
  }
  return undefined;
}

/** The strongly connected parts in which the engine can stay. */
function loopsOf(states: readonly State[]): readonly (readonly State[])[] {
  const reach = new Map(states.map((state) => [state, reachedFrom(state)]));
  const done = new Set<State>();
  const loops: (readonly State[])[] = [];
  for (const state of states) {
    if (done.has(state) || reach.get(state)?.has(state) !== true) continue;
    const loop = states.filter((other) => reach.get(state)?.has(other) && reach.get(other)?.has(state));
    for (const other of loop) done.add(other);
    loops.push(loop);
  }
  return loops;
}

function reachedFrom(state: State): ReadonlySet<State> {
  const reached = new Set<State>();
  const open = [state];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of next.next.keys()) {
      if (reached.has(other)) continue;
      reached.add(other);
      open.push(other);
    }
  }
  return reached;
}

/** A word that leads round a loop in two ways. */
function doublingOf(loop: readonly State[]): readonly bigint[] | undefined {
  // Once a region may end, what it has matched is never undone.
  const stays = loop.filter(({ ends }) => !ends);
  const isIn = isAmong(stays);
  return firstOf(stays, (state) => wordOf([state, state], [state, state], [isIn, isIn], 'apart between'));
}

/** A word that leads round the first loop, from it to the second, and round that. */
function sharedWord(
  first: readonly State[],
  second: readonly State[],
  isSearch: boolean,
): readonly bigint[] | undefined {
  const [{ region } = { region: 0 }] = first;
  const isUndone = (state: State): boolean => !state.ends || state.region !== region;
  const isFirst = isAmong(first);
  const isSecond = isAmong(second);
  const isOnTheWay = (state: State): boolean => (!isSearch && isFirst(state)) || isUndone(state);
  const places = [isFirst, isOnTheWay, (state: State) => isSecond(state) && isUndone(state)];
  return firstOf(first, (one) =>
    firstOf(second, (two) =>
      !isUndone(two) || (isSearch && two.bound <= SHORT)
        ? undefined
        : wordOf([one, one, two], [one, two, two], places, 'however'),
    ),
  );
}

function isAmong(states: readonly State[]): (state: State) => boolean {
  const all = new Set(states);
  return (state) => all.has(state);
}

function firstOf<T>(states: readonly State[], find: (state: State) => T | undefined): T | undefined {
  for (const state of states) {
    const found = find(state);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Several walks that read the same letters. */
interface Walk {
  readonly at: readonly State[];
  /** Whether they have been in different states. */
  readonly wasApart: boolean;
  readonly letters: bigint;
  readonly before: Walk | undefined;
}

/** The letters by which walks from some states reach others, each in its own part of the automaton. */
function wordOf(
  from: readonly State[],
  to: readonly State[],
  isIn: readonly ((state: State) => boolean)[],
  how: 'however' | 'apart between',
): readonly bigint[] | undefined {
  const numbers = new Map<State, number>();
  const numberOf = (state: State): number => {
    const number = numbers.get(state) ?? numbers.size;
    numbers.set(state, number);
    return number;
  };
  const seen = new Set<string>();
  const open: Walk[] = [{ at: from, wasApart: how === 'however', letters: 0n, before: undefined }];
  for (const walk of open) {
    for (const next of stepsOf(walk, isIn)) {
      if (next.wasApart && next.at.every((state, index) => state === to[index])) return wordTo(next);
      const key = `${next.at.map(numberOf).join()}${next.wasApart}`;
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return undefined;
}

function stepsOf(walk: Walk, isIn: readonly ((state: State) => boolean)[]): readonly Walk[] {
  let steps: readonly Walk[] = [{ at: [], wasApart: walk.wasApart, letters: -1n, before: walk }];
  walk.at.forEach((state, index) => {
    const nexts = [...state.next].filter(([next]) => isIn[index]?.(next));
    steps = steps.flatMap((step) =>
      nexts.flatMap(([next, ways]) => {
        const letters = step.letters & next.letters;
        const isApart = ways === 2 || (step.at.length > 0 && step.at.at(-1) !== next);
        return letters === 0n
          ? []
          : [{ at: [...step.at, next], wasApart: step.wasApart || isApart, letters, before: walk }];
      }),
    );
  });
  return steps;
}

function wordTo(end: Walk): readonly bigint[] {
  const word: bigint[] = [];
  for (let walk: Walk | undefined = end; walk?.before !== undefined; walk = walk.before)
    word.unshift(walk.letters);
  return word;
}

/** A text of these letters, as code. */
function textOf(word: readonly bigint[], alphabet: readonly string[]): string {
  const chars = word.map(
    (letters) => alphabet.find((_, bit) => (letters & (1n << BigInt(bit))) !== 0n) ?? '',
  );
  return JSON.stringify(chars.join(''));
}
