import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorOf, DOCUMENTS, headingsOf, linksOf, read, ROOT } from './markdown.ts';

describe('links between documents', () => {
  for (const path of DOCUMENTS) {
    test(`${path} links to files and headings that exist`, () => {
      const broken = linksOf(read(path))
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !leadsSomewhere(path, target));
      expect(broken).toStrictEqual([]);
    });
  }

  test('every document under docs/ can be reached from another', () => {
    const reached = new Set(
      DOCUMENTS.flatMap((path) =>
        linksOf(read(path)).map((target) => normalize(join(dirname(path), target.split('#')[0] ?? ''))),
      ),
    );
    const lonely = DOCUMENTS.filter((path) => path.startsWith('docs/') && !reached.has(path));
    expect(lonely).toStrictEqual([]);
  });
});

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(ROOT, path))) return false;
  return anchor === undefined || headingsOf(read(path)).map(anchorOf).includes(anchor);
}
