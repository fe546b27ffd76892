/** Credentials that a person wrote on a Task that no link selects stay as they are, whatever role they name. What the operator
 *  wrote is removed, whatever happened in between. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { role } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const NEW_ROLE = role('crossaccountlink/payments/checkout-2');
const ADOPTING = { arn: ROLE.text, adoptionPolicy: 'Adopt', unmanaged: 'Preserve' };
const OBSERVING = { arn: ROLE.text, managementPolicy: 'Observe' };

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b'), C: sendTo('c') }));
  the.cluster.letAdopt();
});

/** Writes a role on Tasks, as a person does. */
function handwrite(arn: string, ...tasks: readonly string[]): void {
  the.changeDefinition(setCredentials(the.definition, new Map(tasks.map((name) => [name, arn]))));
}

function selecting(...tasks: readonly string[]): JsonObject {
  return { stateMachineCredentials: { tasks: [...tasks] } };
}

/** A role that stood before the link, and lets somebody in. */
function roleStands(): void {
  the.cluster.target.roles.set(ROLE.text, { ...untouchedRole(ROLE.text), trust: parsed(FOREIGN_TRUST) });
}

describe.each([
  ['adopted', ADOPTING],
  ['only observed', OBSERVING],
])('beside a link whose role is %s, what a person wrote on another Task stays', (_, targetRole) => {
  beforeEach(() => {
    roleStands();
    handwrite(ROLE.text, 'B');
  });

  it('when the link is made, is checked by an operator that was restarted, and is deleted', async () => {
    the.create('a', { targetRole, ...selecting('A') });
    await the.converge();
    expect(the.tasksNaming()).toContain('B');
    the.restart();
    the.request('a', '1');
    await the.converge();
    expect(the.tasksNaming()).toContain('B');
    the.delete('a');
    await the.converge();
    expect([the.object('a'), the.tasksNaming()]).toStrictEqual([undefined, ['B']]);
  });

  it('whichever write the operator died after', async () => {
    for (let writes = 1; writes < 9; writes += 1) {
      the.restart(writes);
      if (the.object('a') === undefined) the.create('a', { targetRole, ...selecting('A') });
      await the.converge().catch(() => undefined);
      the.restart();
      the.edit('a', selecting('C'));
      await the.converge();
      expect(the.tasksNaming()).toContain('B');
      the.edit('a', selecting('A'));
    }
  });
});

it('what is written by hand later stays, too, and is no drift', async () => {
  await the.ready('a', selecting('A'));
  handwrite(ROLE.text, 'A', 'B');
  the.restart();
  the.request('a', '1');
  await the.converge();
  expect([the.tasksNaming(), the.condition('a', 'Ready'), the.object('a')?.status.drift]).toStrictEqual([
    ['A', 'B'],
    'True InSync',
    undefined,
  ]);
  expect(the.permissions).not.toContain('222222222222:b');
});

it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
  'a Task that is dropped while the operator is dead, after its %s. write, keeps nothing of what that wrote',
  async (writes) => {
    handwrite(ROLE.text, 'C');
    the.restart(writes);
    the.create('a', selecting('A', 'B'));
    await the.converge().catch(() => undefined);
    the.restart();
    the.edit('a', selecting('A'));
    await the.converge();
    expect([the.tasksNaming(), the.object('a')?.status.furtherTasks]).toStrictEqual([['A', 'C'], undefined]);
  },
);

it('what AWS refuses to have taken off stays on record until it is off, and what a person took off does not', async () => {
  await the.ready('a', selecting('A', 'B', 'C'));
  the.edit('a', selecting('A'));
  the.cluster.source.failures.set('UpdateStateMachine', awsFailure('terminal'));
  for (const token of ['1', '2']) {
    the.request('a', token);
    await the.reconcile('a');
    the.restart();
  }
  expect(the.object('a')?.status.furtherTasks).toStrictEqual(['B', 'C']);
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b'), C: sendTo('c') }));
  handwrite(ROLE.text, 'A', 'B');
  the.request('a', '3');
  await the.reconcile('a');
  expect(the.object('a')?.status.furtherTasks).toStrictEqual(['B']);
  the.cluster.source.failures.clear();
  the.request('a', '4');
  await the.converge();
  expect([the.tasksNaming(), the.object('a')?.status.furtherTasks]).toStrictEqual([['A'], undefined]);
});

it('what a suspended sibling holds up is on record until that is resumed', async () => {
  await the.ready('a', selecting('A', 'B'));
  the.create('sibling', { targetRole: { arn: NEW_ROLE.text }, ...selecting('C') });
  await the.converge();
  the.edit('sibling', { suspend: true });
  the.edit('a', selecting('A'));
  await the.converge();
  the.restart();
  expect([the.tasksNaming(), the.object('a')?.status.furtherTasks]).toStrictEqual([['A', 'B'], ['B']]);
  the.edit('sibling', { suspend: false });
  await the.converge();
  the.request('a', '1');
  await the.converge();
  expect(the.tasksNaming()).toStrictEqual(['A']);
});

it('a deletion that takes the role names the Tasks of others that still name it', async () => {
  await the.ready('a', selecting('A'));
  handwrite(ROLE.text, 'A', 'B');
  the.delete('a');
  await the.converge();
  expect([the.tasksNaming(), the.cluster.target.roles.size]).toStrictEqual([['B'], 0]);
  expect(the.notes.at(-1)).toBe(
    'What is proven to be the link\'s is removed; left behind: Credentials of "B" in checkout (not written for this link)',
  );
});

it('a status that was lost: the selected Tasks are the link’s, and come off with it; what a person wrote stays', async () => {
  await the.ready('a', selecting('A'));
  handwrite(ROLE.text, 'A', 'B');
  the.loseStatus('a');
  the.restart();
  the.delete('a');
  await the.reconcile('a');
  expect(the.tasksNaming()).toStrictEqual(['B']);
});

it('a Task goes from the older link to the younger in one write, and what a person wrote stays on another', async () => {
  await the.ready('older', selecting('A'));
  handwrite(ROLE.text, 'A', 'B');
  the.create('younger', { targetRole: { arn: NEW_ROLE.text }, ...selecting('A') });
  await the.converge();
  expect(the.condition('younger', 'StateMachineCredentialsReady')).toBe('False Conflict');
  the.calls.length = 0;
  the.delete('older');
  await the.reconcile('older');
  expect([the.tasksNaming(), the.tasksNaming(NEW_ROLE.text)]).toStrictEqual([['B'], ['A']]);
});

it('what a person wrote on a Task that another link selects is that person’s, though it names a role of a link', async () => {
  await the.ready('a', selecting('A'));
  handwrite(ROLE.text, 'A', 'B');
  the.create('b', { targetRole: { arn: NEW_ROLE.text }, ...selecting('B') });
  await the.converge();
  expect(the.condition('b', 'StateMachineCredentialsReady')).toBe('False ForeignCredentials');
  expect([the.tasksNaming(), the.tasksNaming(NEW_ROLE.text)]).toStrictEqual([['A', 'B'], []]);
});

it('a link to the same role takes off what its sibling has let go of, by that one’s record', async () => {
  await the.ready('a', selecting('A', 'B'));
  the.create('b', selecting('C'));
  await the.converge();
  the.edit('a', selecting('A'));
  await the.reconcile('b');
  the.request('b', '1');
  await the.converge();
  expect(the.tasksNaming()).toStrictEqual(['A', 'C']);
});
