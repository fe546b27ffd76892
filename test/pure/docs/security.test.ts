/** Each promise of SECURITY.md names the test that shows it, and that test is there. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const ROOT = new URL('../../../', import.meta.url);
const TEXT = readFileSync(new URL('SECURITY.md', ROOT), 'utf8');
const FIRST_COLUMN = /^\| promise\s*\|/m;

/** A file, and the words of a test in it; none if the whole file shows the promise. */
interface Named {
  readonly file: string;
  readonly tests: readonly string[];
}

function rowsOf(text: string): readonly string[] {
  const lines = text.slice(FIRST_COLUMN.exec(text)?.index).split('\n').slice(2);
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
}

function namedIn(row: string): readonly Named[] {
  const parts = row.split(/(?=`test\/)/).slice(1);
  return parts.map((part) => ({
    file: /^`([^`]+)`/.exec(part)?.[1] ?? '',
    tests: [...part.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name),
  }));
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Every right of the operator's roles: `awsaccounts.crossaccountlink.dev/status: patch`. */
function rightsGiven(): readonly string[] {
  const text = readFileSync(new URL('deploy/base/rbac.yaml', ROOT), 'utf8');
  return parseAllDocuments(text).flatMap((document) => {
    const { rules = [] }: { rules?: readonly Rule[] } = document.toJS();
    return rules.flatMap(({ apiGroups: [group = ''], resources, verbs }) =>
      resources.flatMap((resource) => {
        const [name = '', subresource] = resource.split('/');
        const whole = `${name}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
        return verbs.map((verb) => `${whole}: ${verb}`);
      }),
    );
  });
}

function rightsDocumented(): readonly string[] {
  const lines = TEXT.split('\n').filter((line) => /^\| `[a-z.0-9/]+` +\| [a-z, ]+\|/.test(line));
  return lines.flatMap((line) => {
    const [, resource = '', verbs = ''] = /^\| `([^`]+)` +\| ([a-z, ]+?) *\|/.exec(line) ?? [];
    return verbs.split(', ').map((verb) => `${resource}: ${verb}`);
  });
}

describe('SECURITY.md', () => {
  it('tells exactly the rights that the ServiceAccount has', () => {
    expect(rightsDocumented().toSorted()).toStrictEqual(rightsGiven().toSorted());
  });

  const rows = rowsOf(TEXT);

  it('makes promises', () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  for (const row of rows) {
    const promise = row.split('|')[1]?.trim() ?? '';
    it(`names tests that are there: ${promise}`, () => {
      const named = namedIn(row);
      expect(named).not.toStrictEqual([]);
      for (const { file, tests } of named) {
        const path = fileURLToPath(new URL(file, ROOT));
        expect([file, existsSync(path)]).toStrictEqual([file, true]);
        for (const test of tests) expect(readFileSync(path, 'utf8')).toContain(test);
      }
    });
  }
});
