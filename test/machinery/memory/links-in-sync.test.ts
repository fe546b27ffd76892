import { expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../../../testbed/process.ts';

const PROGRAM = fileURLToPath(new URL('links-in-sync.ts', import.meta.url));
const [FEW, MANY] = [200, 800];
/** As measured, 8.3 to 9.0 KB (a table doubles for one number of links and not yet for another), and a little room. */
const MOST_BYTES = 9_500;

/** Bytecode that is thrown away meanwhile would take part in the difference. */
async function bytesOf(links: number): Promise<number> {
  const flags = ['--expose-gc', '--no-flush-bytecode'];
  return Number(await runOrThrow(process.execPath, [...flags, PROGRAM, String(links)]));
}

it(`a link that an operator has checked several times takes no more than ${MOST_BYTES} bytes of the heap`, async () => {
  const [few, many] = [await bytesOf(FEW), await bytesOf(MANY)];
  const bytes = (many - few) / (MANY - FEW);
  expect(bytes).toBeGreaterThan(3_000);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
