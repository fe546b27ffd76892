import { expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../../../testbed/process.ts';

const PROGRAM = fileURLToPath(new URL('cached-links.ts', import.meta.url));
const LINKS = 2_000;
/** As measured, 2.58 KB, and a little room: it was 3.5 KB while each link had parts of its own that all have in common. */
const MOST_BYTES = 2_700;

it(`a link in the cache takes no more than ${MOST_BYTES} bytes`, async () => {
  const bytes = Number(await runOrThrow(process.execPath, ['--expose-gc', PROGRAM, String(LINKS)]));
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
