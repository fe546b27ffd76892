import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';

const CLOCK = new URL('../../../src/base/clock.ts', import.meta.url).href;

it('a time that has just passed is now, and Node does not warn of it', () => {
  const script = `import { systemClock } from '${CLOCK}'; systemClock.after(-0.01, () => console.log('now'));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: {},
  });
  expect([stdout, stderr]).toStrictEqual(['now\n', '']);
});
