/** Two links with one target role: whatever somebody removes from the role, the operator recognizes it, and leaves nothing
 *  behind. Each situation also with the operator restarted in the middle. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import { machine } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { EXEC } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

/** What a link asks for that needs no permissions: its role has no policy of the operator's. */
const WITHOUT_PERMISSIONS = { permissions: { derive: false } };

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
  the.cluster.put('refund');
});

function create(name: 'a' | 'b', targetRole: JsonObject = {}): void {
  const stateMachine = machine(name === 'a' ? 'checkout' : 'refund').text;
  the.create(name, { stateMachineARN: stateMachine, targetRole: { arn: ROLE.text, ...targetRole } });
}

function expectNothingLeft(): void {
  expect([...the.cluster.target.roles.keys()]).toStrictEqual([]);
  expect([...(the.cluster.source.roles.get(EXEC.text)?.inlinePolicies.keys() ?? [])]).toStrictEqual([]);
  for (const { definition } of the.cluster.source.machines.values())
    expect(definition).not.toContain('Credentials');
  expect([the.object('a'), the.object('b')]).toStrictEqual([undefined, undefined]);
}

for (const [links, targetRole] of [
  ['links that need permissions', {}],
  ['links that need no permissions', WITHOUT_PERMISSIONS],
] as const) {
  for (const [when, between] of [
    ['in one process', () => undefined],
    ['with the operator restarted after each step', () => the.restart()],
  ] as const) {
    describe(`two ${links}, one target role, ${when}`, () => {
      beforeEach(async () => {
        create('a', targetRole);
        create('b', targetRole);
        await the.converge();
        between();
      });

      it('the role is deleted by somebody: one link makes it again, the other is Ready, and it goes with both', async () => {
        the.cluster.target.roles.delete(ROLE.text);
        await the.reconcile('a');
        between();
        await the.converge();
        expect([the.condition('a', 'Ready'), the.condition('b', 'Ready')]).toStrictEqual([
          'True InSync',
          'True InSync',
        ]);
        between();
        the.delete('a');
        await the.converge();
        between();
        the.delete('b');
        await the.converge();
        expectNothingLeft();
      });

      it('the role is made again by one link, and both are deleted before the other one saw it', async () => {
        the.cluster.target.roles.delete(ROLE.text);
        await the.reconcile('a');
        between();
        the.delete('a');
        the.delete('b');
        await the.converge();
        expectNothingLeft();
      });

      it('one only observes, the role goes with the other, which is made again, and the first enforces again', async () => {
        the.edit('b', { managementPolicy: 'Observe' });
        await the.converge();
        between();
        the.delete('a');
        await the.converge();
        between();
        create('a', targetRole);
        await the.converge();
        between();
        the.edit('b', { managementPolicy: 'Enforce' });
        await the.converge();
        expect([the.condition('a', 'Ready'), the.condition('b', 'Ready')]).toStrictEqual([
          'True InSync',
          'True InSync',
        ]);
        the.delete('a');
        the.delete('b');
        await the.converge();
        expectNothingLeft();
      });

      it('role and links are deleted while nobody looks: nothing is made any more', async () => {
        the.cluster.target.roles.delete(ROLE.text);
        the.delete('a');
        the.delete('b');
        the.restart();
        the.calls.length = 0;
        await the.converge();
        expectNothingLeft();
        expect(the.writes.filter((write) => /^(CreateRole|Put|Attach|Tag)/.test(write))).toStrictEqual([]);
      });

      it('the grant is taken away and both links are deleted: it is not put back', async () => {
        the.changeRole((role) => ({ ...role, inlinePolicies: new Map() }), EXEC.text);
        the.delete('a');
        the.delete('b');
        the.restart();
        the.calls.length = 0;
        await the.converge();
        expectNothingLeft();
        expect(the.writes).not.toContain('PutRolePolicy checkout-exec');
      });
    });
  }
}

it('a deletion makes nothing for a link that stays: that one does it itself, and reports it as drift', async () => {
  create('a');
  create('b');
  await the.converge();
  the.cluster.target.roles.delete(ROLE.text);
  the.changeRole((role) => ({ ...role, inlinePolicies: new Map() }), EXEC.text);
  the.delete('a');
  the.calls.length = 0;
  await the.reconcile('a');
  expect(the.writes).toStrictEqual(['UpdateStateMachine checkout', 'finalizers []']);
  expect(the.object('a')).toBeUndefined();
  the.events.length = 0;
  await the.converge();
  expect(the.condition('b', 'Ready')).toBe('True InSync');
  expect(the.events).toContain('Warning DriftDetected');
});
