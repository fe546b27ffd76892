import { describe, expect, test } from '@jest/globals';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { REASONS } from '../../../src/api/reasons.ts';
import { LEG_CONDITIONS } from '../../../src/api/conditions.ts';
import { codeSpans, DOCUMENTS, fencesOf, read } from './markdown.ts';

/** Languages of fenced blocks. Each but the last four is tried by this test or by test/e2e/docs.test.ts. */
const LANGUAGES = new Set([
  'yaml',
  'yaml values',
  'json',
  'sh',
  'sh ci',
  'promql',
  'mermaid',
  // Sessions: test/e2e/cli.test.ts runs them.
  'console',
  'hcl',
  'ts',
  '',
]);
const PLACE = { partition: 'aws', region: 'us-east-1', accountId: '222222222222' };

describe('the examples', () => {
  for (const path of DOCUMENTS) {
    const fences = fencesOf(read(path));

    test(`${path} marks each with a language that is looked after`, () => {
      const strange = fences.filter(({ info }) => !LANGUAGES.has(info));
      expect(strange).toStrictEqual([]);
    });

    for (const [index, { text }] of fences.filter(({ info }) => info === 'json').entries()) {
      test(`${path}: JSON ${index + 1} can be read; a policy as one, a definition with all that its Tasks need`, () => {
        const value: object = JSON.parse(text);
        if ('Statement' in value) expect(() => parsePolicy(text)).not.toThrow();
        if (!('StartAt' in value)) return;
        const { tasks } = parseDefinition(text);
        const { statements, diagnostics } = derivePermissions(tasks, PLACE);
        expect(statements).not.toStrictEqual([]);
        expect(diagnostics.filter(({ blocking }) => blocking)).toStrictEqual([]);
      });
    }
  }
});

/** Where Events are reported, other than those that carry a condition's reason. */
const TELLERS = ['report/warnings', 'controllers/link/deletion', 'controllers/link/link-reporter'];

test('docs/conditions-and-reasons.md knows the reason of every Event', () => {
  const mentioned = TELLERS.flatMap((name) =>
    [...read(`src/${name}.ts`).matchAll(/'([A-Z][a-z]+(?:[A-Z][a-z]+)*)'/g)].map(([, word = '']) => word),
  ).filter((word) => !NO_EVENTS.has(word) && !Object.hasOwn(REASONS, word));
  expect(mentioned.length).toBeGreaterThan(5);
  const described = new Set(codeSpans(read('docs/conditions-and-reasons.md')));
  expect(mentioned.filter((reason) => !described.has(reason))).toStrictEqual([]);
});

/** Words of the API that are written like a reason. */
const NO_EVENTS = new Set(['Normal', 'Warning', 'Ready', 'True', 'False', 'Unknown']);

test('docs/conditions-and-reasons.md knows every condition', () => {
  const described = codeSpans(read('docs/conditions-and-reasons.md'));
  const missing = ['Ready', 'Reconciling', 'Stalled', 'Effective', ...LEG_CONDITIONS].filter(
    (type) => !described.includes(type),
  );
  expect(missing).toStrictEqual([]);
});
