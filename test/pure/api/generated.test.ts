import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { generate } from '../../../scripts/generate-types.ts';

it('src/api/generated.ts is what the CRDs ask for', async () => {
  const file = new URL('../../../src/api/generated.ts', import.meta.url);
  assert.equal(await readFile(file, 'utf8'), await generate(), 'out of date: run `npm run generate`');
});
