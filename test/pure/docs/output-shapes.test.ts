/** The shapes that docs/cli.md promises to programs, held to what the verbs print. */
import { expect, it } from '@jest/globals';
import { isJsonArray, isJsonObject, type Json } from '../../../src/base/json.ts';
import { check } from '../../../src/cli/check/check.ts';
import { permissions } from '../../../src/cli/permissions/permissions.ts';
import { planValue } from '../../../src/cli/plan/view.ts';
import { statusValue } from '../../../src/cli/status/status-value.ts';
import { condition, link, Written } from '../cli/fixtures.ts';
import { read } from './markdown.ts';

/** Verb → every path to a field: `links[].ready.status`. */
const PROMISED = new Map(
  [...read('docs/cli.md').matchAll(/^\| `([a-z]+)` +\| `(\{"(?:[^`]*))` +\|$/gm)].map(
    ([, verb = '', shape = '']) => [verb, pathsOf(JSON.parse(asJson(shape)))],
  ),
);

/** The notation of the document as JSON: of values that a field may have the first stands for all, a field without any has
 *  one that does not matter, and `?` behind a field says that it may be missing. */
function asJson(shape: string): string {
  return shape
    .replaceAll(/ \\\| (?:"[^"]*"|null)/g, '')
    .replaceAll('?:', ':')
    .replaceAll(/(?<!: )("\w+")\??(?=[,}])/g, '$1: 0');
}

function pathsOf(value: Json, at = ''): readonly string[] {
  if (isJsonArray(value)) return value.flatMap((item) => pathsOf(item, `${at}[]`));
  if (!isJsonObject(value)) return [at];
  return Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : pathsOf(item, `${at}.${key}`),
  );
}

const troubled = link({
  status: {
    tasks: ['Charge'],
    conditions: [
      condition('Ready', 'False', 'NotGranted'),
      condition('Effective', 'False', 'NotGranted', 'Said otherwise.'),
    ],
    drift: {
      total: 1,
      recent: [{ time: '2026-01-01T00:00:00Z', object: 'role/a', field: 'description', repaired: true }],
    },
  },
});

/** What the verbs print, with at least one item in every list that the document describes. */
const PRINTED: Readonly<Record<string, () => unknown>> = {
  status: () => ({ links: [statusValue(troubled)] }),
  check: async () => {
    const io = new Written();
    const installation = [
      { subject: 'leader', state: 'failure', message: 'none', remedy: 'start one' },
    ] as const;
    await check({ installation, links: [troubled], none: '' }, io, 'json');
    return JSON.parse(io.output);
  },
  plan: () =>
    planValue({
      links: [
        {
          namespace: 'payments',
          name: 'checkout',
          actions: [
            {
              object: 'role/a',
              operation: 'DeleteRole',
              reason: 'no link needs it',
              changes: [{ path: 'role', before: 'role/a', after: 'nothing' }],
            },
          ],
          obstacles: [],
          remarks: [],
        },
      ],
    }),
  permissions: async () => {
    const Resource = 'arn:aws:states:::sqs:sendMessage';
    const Parameters = { 'QueueUrl.$': '$.queue', MessageBody: 'x' };
    const literal = { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/222222222222/q', MessageBody: 'x' };
    const States = {
      Open: { Type: 'Task', Resource, Parameters, Next: 'Known' },
      Known: { Type: 'Task', Resource, Parameters: literal, End: true },
    };
    const io = new Written({ 'definition.json': JSON.stringify({ StartAt: 'Open', States }) });
    await permissions(
      'definition.json',
      { targetAccount: '222222222222', region: 'us-east-1', output: 'json' },
      io,
    );
    return JSON.parse(io.output);
  },
};

it.each(Object.entries(PRINTED))('%s prints every field that docs/cli.md promises', async (verb, print) => {
  const promised = PROMISED.get(verb) ?? [];
  expect(promised.length).toBeGreaterThan(3);
  const printed = new Set(pathsOf(JSON.parse(JSON.stringify(await print()))));
  expect(promised.filter((path) => !printed.has(path))).toStrictEqual([]);
});
