/** A program whose functions become hot all at once, as in an operator that starts. Prints how much memory V8's compilers held at
 *  most, in bytes. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import '../../../src/heap.ts';

const FUNCTIONS = 1_000;
/** More than V8 waits for before it compiles a function with Maglev. */
const ROUNDS = 1_500;
const ROUNDS_A_TURN = 100;

const functions = Array.from({ length: FUNCTIONS }, (_, index) => {
  const body = `let y = ${index}; for (let k = 0; k < 50; k++) y = (y * 31 + x + k) % 1000003; return y;`;
  return new Function('x', body);
});
for (let round = 0; round < ROUNDS; round += 1) {
  for (const hot of functions) hot(round);
  if (round % ROUNDS_A_TURN === 0) await nextTurn();
}
process.stdout.write(String(getHeapStatistics().peak_malloced_memory));
