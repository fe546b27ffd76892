/** What Ready says of a suspended link holds while the spec is the one that it speaks of, whatever the operator saw of the
 *  edits. */
import { beforeEach, expect, it } from '@jest/globals';
import { toJsonObject } from '../../../../src/base/json.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const EDIT = { targetRole: { arn: ROLE.text, description: 'edited' } };
const UNEDITED = { targetRole: { arn: ROLE.text } };

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  await the.ready('a');
  await the.converge();
});

it.each<readonly [what: string, happens: () => void, ready: string]>([
  ['suspended', () => the.edit('a', { suspend: true }), 'True InSync'],
  ['edited with the same stroke', () => the.edit('a', { ...EDIT, suspend: true }), 'Unknown Suspended'],
  [
    'resumed and suspended again',
    () => [true, false, true].forEach((suspend) => the.edit('a', { suspend })),
    'True InSync',
  ],
  [
    'edited and put back',
    () => [EDIT, { ...UNEDITED, suspend: true }].forEach((spec) => the.edit('a', spec)),
    'True InSync',
  ],
])('a link that was %s while no operator was at work has a Ready that is true', async (_, happens, ready) => {
  happens();
  the.restart();
  await the.converge();
  expect(the.condition('a', 'Ready')).toBe(ready);
  expect(the.object('a')?.status.observedGeneration).toBe(the.object('a')?.metadata.generation);
});

it('a status from before there was a digest is not written for the digest’s sake', async () => {
  const { specDigest: _, ...status } = the.object('a')?.status ?? {};
  the.writeStatus('a', toJsonObject(status));
  the.restart();
  await the.converge();
  expect(the.object('a')?.status.specDigest).toBeUndefined();
  the.edit('a', { ...EDIT, suspend: true });
  the.edit('a', { suspend: true, driftCheckInterval: '11m' });
  await the.reconcile('a');
  expect(the.condition('a', 'Ready')).toBe('Unknown Suspended');
});

it.each([
  ['', () => undefined],
  [', nor to an operator that has just begun', () => the.restart()],
])('a suspended link whose status was lost is not left without a word%s', async (_, between) => {
  the.edit('a', { suspend: true });
  await the.reconcile('a');
  the.loseStatus('a');
  between();
  await the.reconcile('a');
  expect(the.condition('a', 'Ready')).toBe('Unknown Suspended');
});
