/** Ready of a suspended link speaks of the spec as long as that is the one it was found for, however many edits the operator
 *  missed. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { toJsonObject } from '../../../../src/base/json.ts';
import { role } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { SENDING } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const EDIT = { targetRole: { arn: ROLE.text, description: 'edited' } };
const SECOND = role('crossaccountlink/payments/second');
const UNEDITED = { targetRole: { arn: ROLE.text } };

let the: ReconcilerHarness;

const tasks = () => [the.tasksNaming(ROLE.text), the.tasksNaming(SECOND.text)];

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

describe('a younger link that wants a Task of a suspended one for another role', () => {
  beforeEach(async () => {
    the.edit('a', { suspend: true });
    await the.converge();
    the.create('b', { targetRole: { arn: SECOND.text } });
  });

  it.each([
    ['', () => undefined],
    [', nor by an operator that has just begun', () => the.restart()],
  ])('is not given it%s', async (_, between) => {
    between();
    await the.converge();
    expect(tasks()).toStrictEqual([['Send'], []]);
    expect(the.condition('b', 'StateMachineCredentialsReady')).toBe('False Conflict');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('is given it when the other one is resumed and deleted', async () => {
    await the.converge();
    the.edit('a', { suspend: false });
    await the.converge();
    the.delete('a');
    await the.converge();
    expect(tasks()).toStrictEqual([[], ['Send']]);
    expect(the.condition('b', 'Ready')).toBe('True InSync');
  });

  it('is given it where somebody has taken it from the suspended one', async () => {
    await the.converge();
    the.changeDefinition(SENDING);
    await the.converge();
    expect(tasks()).toStrictEqual([[], ['Send']]);
  });
});
