/** Links of two clusters want the same Task: neither operator takes it back from the other, whatever was there before.
 *  Otherwise both would go on for ever. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import { policyName, TAGS } from '../../../../src/desired/names.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { role } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const THEIRS = role('crossaccountlink/payments/theirs');
const PATH = 'States["Send"].Credentials.RoleArn';

let the: ReconcilerHarness;

function selecting(...tasks: readonly string[]): JsonObject {
  return { stateMachineCredentials: { tasks } };
}

beforeEach(() => {
  the = withCheckout();
});

/** The role that the other operator has put on the Task, whatever it has read before that. */
function taken(what: Partial<ObservedRole>, arn = THEIRS.text): void {
  the.cluster.target.roles.set(arn, { ...untouchedRole(arn), ...what });
  the.changeDefinition(setCredentials(the.definition, new Map([['Send', arn]])));
}

const TAGGED = { tags: new Map([[TAGS.clusterId, 'another']]) };
const WITH_POLICY = { inlinePolicies: new Map([[policyName('another'), untouchedRole().trust]]) };

describe('a Task that was in order, and names a role of another cluster since,', () => {
  it.each([
    ['by its tag', TAGGED],
    ['by its policy, its tags taken off', WITH_POLICY],
  ])('stays so where the role is known to be %s', async (_, what) => {
    await the.ready('a');
    taken(what);
    await the.converge();
    expect(the.tasksNaming(THEIRS.text)).toStrictEqual(['Send']);
    expect(the.condition('a', 'Ready')).toBe('False ForeignCredentials');
  });

  it('stays so after a restart, too', async () => {
    await the.ready('a');
    taken(TAGGED);
    the.restart();
    await the.converge();
    expect(the.tasksNaming(THEIRS.text)).toStrictEqual(['Send']);
  });

  it('is told as drift that was not repaired, once', async () => {
    await the.ready('a');
    taken(TAGGED);
    await the.converge();
    the.request('a', '1');
    await the.converge();
    expect(the.object('a')?.status.drift).toMatchObject({
      total: 1,
      recent: [{ field: PATH, expected: ROLE.text, found: THEIRS.text, repaired: false }],
    });
  });

  it.each(['terminal', 'retryable'] as const)(
    'is told once, too, where a write of another Task goes on failing (%s)',
    async (kind) => {
      const states = definitionOf({ Send: sendTo('a'), Other: sendTo('b') });
      the.changeDefinition(states);
      await the.ready('a');
      the.changeDefinition(states);
      taken(TAGGED);
      the.cluster.source.failures.set('UpdateStateMachine', awsFailure(kind));
      for (const token of ['1', '2', '3']) {
        the.request('a', token);
        await the.reconcile('a').catch(() => undefined);
      }
      const lost = the.object('a')?.status.drift?.recent?.filter(({ field }) => field === PATH);
      expect(lost).toMatchObject([{ found: THEIRS.text, repaired: false }]);
    },
  );

  it('is the link’s again once the other cluster lets it go', async () => {
    await the.ready('a');
    const before = the.definition;
    taken(TAGGED);
    await the.converge();
    the.changeDefinition(before.replaceAll(/,"Credentials":\{[^}]*\}/g, ''));
    await the.converge();
    expect(the.tasksNaming()).toStrictEqual(['Send']);
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });
});

it.each([
  ['is nobody’s', {}, THEIRS.text],
  ['lies in an account that is not registered', {}, THEIRS.text.replace('222222222222', '333333333333')],
])('a Task that was in order is put right where what it names since %s', async (_, what, arn) => {
  await the.ready('a');
  taken(what, arn);
  await the.converge();
  expect(the.tasksNaming()).toStrictEqual(['Send']);
});

it('a Task is put right where the operator may not read what it names since', async () => {
  await the.ready('a');
  taken(TAGGED);
  const read = the.cluster.target.role.bind(the.cluster.target);
  the.cluster.target.role = (arn, ...rest) =>
    arn === THEIRS.text ? Promise.reject(awsFailure('terminal')) : read(arn, ...rest);
  await the.converge();
  expect(the.tasksNaming()).toStrictEqual(['Send']);
});

/** A link to two Tasks. */
async function linkedToBoth(): Promise<void> {
  the.create('younger', selecting('Send', 'Kept'));
  await the.converge();
}

describe('beside a Task that an older link of this cluster keeps,', () => {
  const OURS = role('crossaccountlink/payments/older');

  beforeEach(async () => {
    the.changeDefinition(definitionOf({ Send: sendTo('a'), Kept: sendTo('b') }));
    await the.ready('older', { targetRole: { arn: OURS.text }, ...selecting('Kept') });
  });

  it('a Task that was in order and was taken by another cluster is told as drift once', async () => {
    await linkedToBoth();
    expect([the.condition('younger', 'Ready'), the.tasksNaming()]).toStrictEqual([
      'False Conflict',
      ['Send'],
    ]);
    taken(TAGGED);
    for (const token of ['1', '2', '3']) {
      the.request('younger', token);
      await the.converge();
    }
    expect(the.condition('younger', 'Ready')).toBe('False ForeignCredentials');
    expect(the.object('younger')?.status.drift?.total).toBe(1);
  });

  it.each([
    ['', false],
    [', beside an older link that is suspended', true],
  ])(
    'a Task that never was in order keeps what a person wrote while the grant failed%s',
    async (_, suspend) => {
      the.edit('older', { targetRole: { arn: OURS.text }, ...selecting('Kept'), suspend });
      await the.converge();
      the.cluster.source.failures.set('PutRolePolicy', awsFailure('terminal'));
      the.create('younger', selecting('Send', 'Kept'));
      await the.reconcile('younger');
      taken({});
      the.request('younger', '1');
      the.cluster.now += 60_000;
      await the.reconcile('younger');
      the.cluster.now += 60_000;
      the.cluster.source.failures.clear();
      the.request('younger', '2');
      await the.converge();
      expect(the.tasksNaming(THEIRS.text)).toStrictEqual(['Send']);
      expect(the.condition('younger', 'Ready')).toBe('False ForeignCredentials');
    },
  );

  it.each([
    ['a person wrote', {}],
    ['another cluster wrote', TAGGED],
  ])('Credentials that %s before the link stay, and are no drift', async (_, what) => {
    taken(what);
    await linkedToBoth();
    for (const token of ['1', '2']) {
      the.request('younger', token);
      await the.converge();
    }
    expect(the.tasksNaming(THEIRS.text)).toStrictEqual(['Send']);
    expect(the.condition('younger', 'Ready')).toBe('False ForeignCredentials');
    expect(the.object('younger')?.status.drift).toBeUndefined();
  });
});
