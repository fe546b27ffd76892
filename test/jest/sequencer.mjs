/** In which order test files start. (Plain JavaScript: the types of this package know its CommonJS form alone.) */
import TestSequencer from '@jest/test-sequencer';
import { dealt } from './deal.ts';
import { LONGEST, WAITING } from './longest.ts';

/** Seconds of a file that is not listed and has not run here yet. */
const SHORT = 1;

/**
 * Files that wait are dealt among files that compute; of either kind the longest come first. Once jest has run a file it knows how long it takes; until then {@link LONGEST}
 * says it, and of the others the larger is the longer one.
 */
export default class Mixed extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const known = sorted.some(({ duration }) => duration !== undefined);
    const ordered = known ? sorted : sorted.toSorted((a, b) => seconds(b) - seconds(a));
    return dealt(
      ordered.filter(waits),
      ordered.filter((test) => !waits(test)),
      seconds,
    );
  }
}

function seconds({ path, duration }) {
  return duration === undefined ? (LONGEST.get(nameOf(path)) ?? SHORT) : duration / 1000;
}

/** End-to-end tests wait half of their time, for other processes. */
function waits({ path }) {
  const name = nameOf(path);
  return name.startsWith('e2e/') || WAITING.has(name);
}

/** Below test/, without its ending. */
function nameOf(path) {
  return path.slice(path.lastIndexOf('/test/') + '/test/'.length).replace('.test.ts', '');
}
