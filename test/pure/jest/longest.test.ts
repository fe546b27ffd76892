import { existsSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { LONGEST, WAITING } from '../../jest/longest.ts';

it('what is said to take long, or to wait, is a test file', () => {
  const missing = [...LONGEST.keys(), ...WAITING].filter(
    (file) => !existsSync(new URL(`../../${file}.test.ts`, import.meta.url)),
  );
  expect(missing).toStrictEqual([]);
});
