/** In which order test files start. (Plain JavaScript: the types of this package know its CommonJS form alone.) */
import TestSequencer from '@jest/test-sequencer';
import { LONGEST } from './longest.ts';

/**
 * Once jest has run a file it knows how long it takes, and starts the longest first. Where nothing has run yet, it would
 * go by the files' sizes, and a worker might begin a minute of waiting when the others have ended.
 */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ path }) {
  const place = LONGEST.findIndex((file) => path.endsWith(`/test/${file}.test.ts`));
  return place === -1 ? LONGEST.length : place;
}
