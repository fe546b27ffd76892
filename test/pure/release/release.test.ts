import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { versionedFiles } from '../../../scripts/generate-version.ts';
import { licenceProblems } from '../../../scripts/licences.ts';
import { changelogSection } from '../../../scripts/release/changelog.ts';
import { krewManifest } from '../../../scripts/release/krew.ts';
import { crdsManifest } from '../../../scripts/release/manifests.ts';
import { packageManifest } from '../../../scripts/release/npm-package.ts';
import { ROOT } from '../docs/markdown.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PROJECT = JSON.parse(read('package.json'));

describe('the changelog', () => {
  const changelog =
    '# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-01\n\n### Added\n\n- b\n\n## [1.0.0] - 2026-01-01\n\n- a\n\n[1.0.0]: https://example.com\n';

  it.each([
    ['1.1.0', '### Added\n\n- b\n'],
    ['1.0.0', '- a\n'],
  ])('has a section of %s', (version, section) => {
    expect(changelogSection(changelog, version)).toBe(section);
  });

  it.each([
    ['2.0.0', 'has no section'],
    ['Unreleased', 'says nothing'],
  ])('does not let a release of %s pass without one', (version, word) => {
    expect(() => changelogSection(changelog, version)).toThrow(word);
  });

  it('has the version that package.json has', () => {
    expect(changelogSection(read('CHANGELOG.md'), PROJECT.version)).toContain('- ');
  });
});

describe('the version', () => {
  it.each([...versionedFiles()])('in %s is that of package.json (make generate)', (file, text) => {
    expect(read(file)).toBe(text);
  });

  it('stands in no document and no manifest but those', () => {
    const others = globSync(['*.md', '{charts,deploy,docs}/**/*', 'site/*.md'], {
      cwd: ROOT,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile() && entry.name !== 'CHANGELOG.md')
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
    const next = versionedFiles('9.9.9');
    const named = new RegExp(`(?<![\\d.])${PROJECT.version.replaceAll('.', '\\.')}(?![\\d.]*\\d)`);
    expect(others.filter((file) => named.test(next.get(file) ?? read(file)))).toEqual([]);
    expect(others).toEqual(expect.arrayContaining([...next.keys()]));
  });
});

describe('licences', () => {
  it.each([
    ['a permissive one', { license: 'MIT' }, []],
    ['one of alternatives', { license: '(GPL-2.0-only OR MIT)' }, []],
    ['copyleft', { license: 'LGPL-3.0-only' }, ['x (runs): LGPL-3.0-only']],
    ['two that hold together', { license: 'MIT AND GPL-3.0-only' }, ['x (runs): MIT AND GPL-3.0-only']],
    [
      'copyleft beside alternatives',
      { license: '(MIT OR Apache-2.0) AND GPL-3.0-only' },
      ['x (runs): (MIT OR Apache-2.0) AND GPL-3.0-only'],
    ],
    ['a permissive one beside alternatives', { license: 'ISC AND (GPL-2.0-only OR (MIT AND ISC))' }, []],
    ['none', {}, ['x (runs): none']],
    [
      'copyleft in a tool',
      { license: 'AGPL-3.0-or-later', dev: true },
      ['x (development): AGPL-3.0-or-later'],
    ],
  ])('%s', (_, entry, problems) => {
    expect(licenceProblems({ '': {}, 'node_modules/y/node_modules/x': entry })).toEqual(problems);
  });

  it('let the oracle of the tests be under the AGPL, but not run', () => {
    const path = 'node_modules/@cloud-copilot/iam-simulate';
    const license = 'AGPL-3.0-or-later';
    expect(licenceProblems({ [path]: { license, dev: true } })).toEqual([]);
    expect(licenceProblems({ [path]: { license } })).toHaveLength(1);
  });

  it('of everything in package-lock.json are agreed to', () => {
    expect(licenceProblems(JSON.parse(read('package-lock.json')).packages)).toEqual([]);
  });
});

describe('what a release holds', () => {
  it('a manifest for krew with each archive, its platform and its checksum', () => {
    const archives = [{ system: 'darwin', processor: 'arm64', file: 'x.tar.gz', sha256: 'ab' }];
    const { spec } = parse(krewManifest('1.2.3', 'https://example.com/v1.2.3', archives));
    expect(spec.version).toBe('v1.2.3');
    expect(spec.platforms).toEqual([
      {
        selector: { matchLabels: { os: 'darwin', arch: 'arm64' } },
        uri: 'https://example.com/v1.2.3/x.tar.gz',
        sha256: 'ab',
        bin: 'kubectl-crossaccountlink',
      },
    ]);
  });

  it('an npm package that `npx kubectl-crossaccountlink` runs, and that depends on nothing', () => {
    const manifest = JSON.parse(packageManifest(PROJECT));
    expect(manifest).toMatchObject({ name: 'kubectl-crossaccountlink', version: PROJECT.version });
    expect(Object.keys(manifest.bin)).toEqual(['kubectl-crossaccountlink']);
    expect(manifest.files).toContain(manifest.bin['kubectl-crossaccountlink']);
    expect(manifest).not.toHaveProperty('dependencies');
  });

  it('both CRDs in one text', () => {
    expect(crdsManifest(ROOT).match(/^kind: CustomResourceDefinition$/gm)).toHaveLength(2);
  });
});
