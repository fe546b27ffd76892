/** Where an account holds growth, what a changed definition needs more waits for the link's own edit: whatever happens to
 *  other links of the role meanwhile. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { present } from '../../../expectations.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { allow, ROLE } from '../../desired/fixtures.ts';
import { parsed } from '../../plan/fixtures.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

let the: ReconcilerHarness;

/** Queues that the role may send to. */
function queues(): readonly string[] {
  return ['a', 'b', 'c', 'wider'].filter((name) => the.permissions.includes(`:${name}"`));
}

/** Somebody else writes what the operator's policy says, and the operator looks. */
function writtenByHand(...names: readonly string[]): void {
  const role = present(the.cluster.target.roles.get(ROLE.text), 'no role');
  const resources = names.map((name) => `arn:aws:sqs:us-east-1:222222222222:${name}`);
  const written = parsed(allow(['sqs:SendMessage'], resources));
  const inlinePolicies = new Map([...role.inlinePolicies.keys()].map((name) => [name, written]));
  the.cluster.target.roles.set(ROLE.text, { ...role, inlinePolicies });
  the.request('a', 'by hand');
}

beforeEach(async () => {
  the = withCheckout();
  the.cluster.holdGrowth();
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b'), C: sendTo('c') }));
  the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
  the.create('b', { stateMachineCredentials: { tasks: ['B'] } });
  await the.converge();
  the.changeDefinition(definitionOf({ A: sendTo('wider'), B: sendTo('b'), C: sendTo('c') }));
});

describe('what a link needs more stays out of the role it shares', () => {
  it.each<[string, () => void, readonly string[]]>([
    ['when the other link is only looked at', () => the.request('b', 'now'), ['a', 'b']],
    ['when the other link is edited', () => the.edit('b', { driftCheckInterval: '11m' }), ['a', 'b']],
    [
      'when the other link asks for more itself, which it is given',
      () => the.edit('b', { stateMachineCredentials: { tasks: ['B', 'C'] } }),
      ['a', 'b', 'c'],
    ],
    [
      'when a further link comes',
      () => the.create('c', { stateMachineCredentials: { tasks: ['C'] } }),
      ['a', 'b', 'c'],
    ],
    ['when the other link goes', () => the.delete('b'), ['a']],
    ['when the operator begins anew', () => the.restart(), ['a', 'b']],
    ['when somebody else adds something', () => writtenByHand('a', 'b', 'c'), ['a', 'b']],
    ['when somebody else takes what the link had', () => writtenByHand('b'), ['a', 'b']],
  ])('%s', async (_when, happen, standing) => {
    happen();
    await the.converge();
    expect(queues()).toStrictEqual(standing);
    expect(the.condition('a', 'PermissionsReady')).toBe('False GrowthHeld');
  });
});

it('it comes with the edit of the link, and what nobody needs goes', async () => {
  await the.converge();
  expect([queues(), the.condition('b', 'Ready')]).toStrictEqual([['a', 'b'], 'True InSync']);
  the.edit('a', { driftCheckInterval: '11m' });
  await the.converge();
  expect(queues()).toStrictEqual(['b', 'wider']);
  expect([the.condition('a', 'Ready'), the.condition('b', 'Ready')]).toStrictEqual([
    'True InSync',
    'True InSync',
  ]);
});
