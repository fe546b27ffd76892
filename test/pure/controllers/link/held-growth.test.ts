/** `definitionGrowth: Hold`: the additional needs of a changed definition wait until the link itself is edited, whatever
 *  happens to other links of the role meanwhile. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { present } from '../../../expectations.ts';
import { until } from '../../../until.ts';
import { machine } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { allow, ROLE } from '../../desired/fixtures.ts';
import { parsed } from '../../plan/fixtures.ts';
import { CALLS } from '../test-cluster.ts';
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
    ['when the operator restarts', () => the.restart(), ['a', 'b']],
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

it('is not given to a link that an older one keeps from being in order for good', async () => {
  the.edit('a', { targetRole: { arn: ROLE.text, description: 'of a' } });
  the.edit('b', { targetRole: { arn: ROLE.text, description: 'of b' } });
  await the.converge();
  expect(the.condition('b', 'Ready')).toBe('False Conflict');
  the.changeDefinition(definitionOf({ A: sendTo('wider'), B: sendTo('c') }));
  await the.converge();
  expect(queues()).toStrictEqual(['b', 'wider']);
});

it('is not given although another link reads the definition while the role is looked at', async () => {
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b'), C: sendTo('c') }));
  await the.converge();
  const { target, source, parts } = the.cluster;
  const looked = Promise.withResolvers<void>();
  target.gate = looked.promise;
  the.calls.length = 0;
  the.request('a', 'now');
  const looking = the.reconcile('a');
  await until(
    () => the.calls.includes('role checkout'),
    () => the.calls,
  );
  the.changeDefinition(definitionOf({ A: sendTo('wider'), B: sendTo('b'), C: sendTo('c') }));
  the.cluster.now += 60_000;
  await parts.machines.read(source, machine('checkout').text, CALLS, 0);
  looked.resolve();
  await looking;
  expect(queues()).toStrictEqual(['a', 'b']);
});
