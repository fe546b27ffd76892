/** A link that the operator has released and that others' finalizers keep: whoever may edit it could keep it for good. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { itemsOf, objectAt } from '../../../../src/base/json.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import { present } from '../../../expectations.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { accountOf, TARGET_ENTRY } from '../test-cluster.ts';
import { withCheckout, type ReconcilerHarness } from './reconciler-harness.ts';

let the: ReconcilerHarness;

/** Queues that the role may send to. */
function queues(): readonly string[] {
  const { inlinePolicies } = present(the.cluster.target.roles.get(ROLE.text), 'no role');
  const policies = JSON.stringify([...inlinePolicies.values()]);
  return ['a', 'b', 'c'].filter((name) => policies.includes(`:${name}"`));
}

/** Ready of the link that others keep. */
function ready(): unknown {
  const { conditions } = objectAt(present(the.backup().get('a'), 'no link'), 'status');
  return itemsOf(conditions).find((one) => objectAt({ one }, 'one')['type'] === 'Ready');
}

beforeEach(async () => {
  the = withCheckout();
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b') }));
  the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
  the.create('b', { stateMachineCredentials: { tasks: ['B'] } });
  await the.converge();
  the.holdOn('a');
  the.delete('a');
  await the.converge();
});

describe.each([
  ['after a restart', () => the.restart()],
  ['in the same process', () => undefined],
])('%s it', (_when, begin) => {
  beforeEach(() => begin());

  it('keeps nobody’s link from being deleted', async () => {
    the.delete('b');
    await the.converge();
    expect(the.object('b')).toBeUndefined();
    expect(the.cluster.target.roles.has(ROLE.text)).toBe(false);
  });

  it('keeps nothing on what it shared', async () => {
    the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('c') }));
    await the.converge();
    expect(queues()).toStrictEqual(['c']);
  });

  it('takes no place below maxLinks', async () => {
    const { accounts, target } = the.cluster;
    accounts.set(accountOf(target.accountId, [{ ...TARGET_ENTRY, maxLinks: 1 }], { aws: target }));
    the.request('b', 'now');
    await the.converge();
    expect(the.condition('b', 'Ready')).toBe('True InSync');
  });
});

describe('its status', () => {
  it('says what the deletion came to, and who keeps the link', () => {
    const message =
      /^The operator has released it; finalizers of other controllers keep it: .+\/.+\. What the link added in AWS is removed\./;
    expect(ready()).toMatchObject({
      status: 'False',
      reason: 'Released',
      message: expect.stringMatching(message),
    });
  });

  it('is not written at the end of a link that nobody else keeps', async () => {
    the.calls.length = 0;
    the.delete('b');
    await the.converge();
    expect(the.writes).toContain('finalizers []');
    expect(the.writes.filter((call) => call.includes('Released'))).toStrictEqual([]);
  });

  it('holds up no deletion where a policy of the cluster takes none', async () => {
    the.holdOn('b');
    the.delete('b');
    the.statusRefused = new ApiError(403, 'Forbidden', 'no status');
    await the.converge();
    expect(the.object('b')).toBeUndefined();
  });
});
