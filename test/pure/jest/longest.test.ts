import { existsSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { LONGEST } from '../../jest/longest.ts';

it('what is named among the longest test files is one', () => {
  const missing = LONGEST.filter((file) => !existsSync(new URL(`../../${file}.test.ts`, import.meta.url)));
  expect(missing).toStrictEqual([]);
});
