import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);
const TEXT = readFileSync(new URL('SECURITY.md', ROOT), 'utf8');

describe('SECURITY.md', () => {
  const rows = TEXT.split('\n').filter((line) => line.includes('.test.ts`'));
  const named = rows.flatMap((row) => [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file));

  it('names a test for each promise', () => {
    expect(named.length).toBeGreaterThanOrEqual(rows.length);
    expect(rows.length).toBeGreaterThan(5);
  });

  for (const file of named) {
    it(`names ${file}, which exists`, () => {
      expect(existsSync(fileURLToPath(new URL(file, ROOT)))).toBe(true);
    });
  }
});
