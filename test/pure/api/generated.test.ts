import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { generate, generateSchemas } from '../../../scripts/generate-types.ts';

it('src/api/generated.ts is what the CRDs ask for', async () => {
  const file = new URL('../../../src/api/generated.ts', import.meta.url);
  // Out of date: run `npm run generate`.
  expect(await readFile(file, 'utf8')).toBe(await generate());
});

it('src/api/schemas.ts is what the CRDs say', async () => {
  const file = new URL('../../../src/api/schemas.ts', import.meta.url);
  expect(await readFile(file, 'utf8')).toBe(await generateSchemas());
});
