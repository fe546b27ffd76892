/**
 * Compares inclusion of patterns with what Z3 says of them as regular expressions, which is how AWS's own Zelkova decides it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html). A process of its own: Z3 starts threads.
 * `node test/pure/policy/z3-inclusions.ts PAIRS [SEED]` prints one JSON object.
 */
import * as fc from 'fast-check';
import { init } from 'z3-solver';
import { isWithin } from '../../../src/policy/pattern.ts';

export interface Comparison {
  readonly within: number;
  readonly notWithin: number;
  /** Pairs that Z3 did not decide within its bound. */
  readonly undecided: number;
  /** `INNER in OUTER`, for each pair about which the two disagree. */
  readonly wrong: readonly string[];
}

/** Z3's own count of its work: when it stops does not depend on the machine. */
const MOST_WORK = 2_000_000;
const [count = '100', seed = '20261126'] = process.argv.slice(2);

const piece = fc.constantFrom('a', 'b', 'ab', ':', '*', '*', '?', '?', '**', '?*');
const pattern = fc.array(piece, { minLength: 1, maxLength: 9 }).map((pieces) => pieces.join(''));
/** Half of the pairs are made from one another, or few would lie inside. */
const widened = fc
  .tuple(pattern, fc.infiniteStream(fc.nat(5)))
  .map(([inner, choices]): [string, string] => [inner, widen(inner, choices)]);
const pairs = fc.sample(fc.oneof(fc.tuple(pattern, pattern), widened), {
  numRuns: Number(count),
  seed: Number(seed),
});

function widen(inner: string, choices: Iterator<number>): string {
  const change = (character: string): string => {
    const { value } = choices.next();
    if (value === 0) return '*';
    if (value === 1) return character === '*' ? character : '?';
    return value === 2 && character === '*' ? '?*' : character;
  };
  return [...inner].map(change).join('');
}

/** What JavaScript has dropped, to be freed. Z3 would do so in this thread at any time, while a thread of its own is at work on
 *  the same memory: once in many runs that read beyond it. */
const dropped: (() => void)[] = [];
class FreedBetweenChecks<Held> extends FinalizationRegistry<Held> {
  constructor(free: (held: Held) => void) {
    super((held) => dropped.push(() => free(held)));
  }
}
Reflect.set(globalThis, 'FinalizationRegistry', FreedBetweenChecks);

const { Context, em } = await init();
const { Solver, String: Text, Re, InRe, Not, Star, AllChar, ReConcat } = Context('main');
const anyOne = AllChar(Re.sort(Text.sort()));
const anyRun = Star(anyOne);

function expression(text: string) {
  const parts = [...text].map((character) => {
    if (character === '*') return anyRun;
    return character === '?' ? anyOne : Re.toRe(character);
  });
  // A concatenation takes two at least.
  return ReConcat(Re.toRe(''), ...parts);
}

/** Whether there is no text that the one matches and the other does not. */
async function z3IsWithin(inner: string, outer: string): Promise<boolean | undefined> {
  const solver = new Solver();
  solver.set('rlimit', MOST_WORK);
  const text = Text.const('text');
  solver.add(InRe(text, expression(inner)), Not(InRe(text, expression(outer))));
  const answer = await solver.check();
  for (const free of dropped.splice(0)) free();
  return answer === 'unknown' ? undefined : answer === 'unsat';
}

const answers: { readonly pair: string; readonly ours: boolean; readonly theirs: boolean | undefined }[] = [];
for (const [inner, outer] of pairs) {
  const theirs = await z3IsWithin(inner, outer);
  answers.push({ pair: `${inner} in ${outer}`, ours: isWithin(inner, outer), theirs });
}
const comparison: Comparison = {
  within: answers.filter(({ theirs }) => theirs === true).length,
  notWithin: answers.filter(({ theirs }) => theirs === false).length,
  undecided: answers.filter(({ theirs }) => theirs === undefined).length,
  wrong: answers
    .filter(({ ours, theirs }) => theirs !== undefined && ours !== theirs)
    .map(({ pair }) => pair),
};
process.stdout.write(`${JSON.stringify(comparison)}\n`);
em.PThread.terminateAllThreads();
