/** The front page of the site, which only the site's own build reads otherwise. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { read, ROOT } from './markdown.ts';

/** Pages of the site that are no files of docs/. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '/security': 'SECURITY.md',
  '/changelog': 'CHANGELOG.md',
};

const [, frontMatter = ''] = /^---\n([\s\S]*?)\n---\n/.exec(read('site/index.md')) ?? [];

it('has a front matter that reads as YAML, and leads to pages that exist', () => {
  const { hero, features }: { hero: { actions: { link: string }[] }; features: { link: string }[] } =
    parse(frontMatter);
  const links = [...hero.actions, ...features].map(({ link }) => link);
  expect(links.length).toBeGreaterThan(5);
  const missing = links.filter((link) => !existsSync(join(ROOT, ELSEWHERE[link] ?? `docs${link}.md`)));
  expect(missing).toStrictEqual([]);
});
