/** The deletion of a link that only observes some legs, or all: these stay, and the Event says so. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { policyName, TAGS } from '../../../../src/desired/names.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { machine } from '../../access/fixtures.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { EXEC, SENDING } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const RESTARTS = [
  ['in one process', () => undefined],
  ['with the operator restarted before it', () => the.restart()],
] as const;
const ROLE_OBSERVED = { targetRole: { arn: ROLE.text, managementPolicy: 'Observe' } };

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
});

function sourceHas(): readonly string[] {
  const { roles, machines } = the.cluster.source;
  const definition = machines.get(machine('checkout').text)?.definition ?? '';
  return [
    ...(roles.get(EXEC.text)?.inlinePolicies.keys() ?? []),
    ...(definition.includes('Credentials') ? ['Credentials'] : []),
  ];
}

/** As the operator of another cluster makes the role. */
function ofAnotherCluster(role: ObservedRole): ObservedRole {
  const policies = [...role.inlinePolicies.values()].map((policy) => [policyName('other'), policy] as const);
  return {
    ...role,
    tags: new Map([...role.tags, [TAGS.clusterId, 'other']]),
    inlinePolicies: new Map(policies),
  };
}

async function observesAnothersRole(): Promise<void> {
  await the.ready('maker');
  the.changeRole(ofAnotherCluster);
  the.annotate('maker', { 'crossaccountlink.dev/abandon': 'true' });
  the.delete('maker');
  await the.converge();
  await the.ready('a', ROLE_OBSERVED);
  expect([the.condition('a', 'Ready'), sourceHas()]).toStrictEqual([
    'True InSync',
    [policyName(CLUSTER), 'Credentials'],
  ]);
}

it('a link turned to Observe and deleted at once leaves all, and does not speak of removal', async () => {
  await the.ready('a');
  the.edit('a', { managementPolicy: 'Observe' });
  the.delete('a');
  await the.converge();
  expect(the.object('a')).toBeUndefined();
  expect(sourceHas()).toStrictEqual([policyName(CLUSTER), 'Credentials']);
  expect(the.notes.at(-1)).toBe(
    `The link only observes, and AWS is left as it is: target role ${ROLE.text}, the grant on ${EXEC.text}, the Credentials in checkout.`,
  );
});

it('a leg turned to Observe long before is named as what stays', async () => {
  await the.ready('a');
  the.edit('a', ROLE_OBSERVED);
  await the.converge();
  the.delete('a');
  await the.converge();
  expect([the.cluster.target.roles.has(ROLE.text), sourceHas()]).toStrictEqual([true, []]);
  expect(the.notes.at(-1)).toContain(`left as it is, because it is only observed: target role ${ROLE.text}.`);
});

for (const [when, between] of RESTARTS) {
  it(`a role that another operator keeps stays, and grant and Credentials go, ${when}`, async () => {
    await observesAnothersRole();
    const before = the.cluster.target.roles.get(ROLE.text);
    between();
    the.delete('a');
    await the.converge();
    expect([the.object('a'), sourceHas()]).toStrictEqual([undefined, []]);
    expect(the.cluster.target.roles.get(ROLE.text)).toStrictEqual(before);
  });
}

it('without a grant of this cluster’s, what a restored status lists is another operator’s, and stays', async () => {
  await observesAnothersRole();
  the.changeRole(ofAnotherCluster, EXEC.text);
  the.restart();
  the.delete('a');
  await the.reconcile('a');
  expect([the.object('a'), sourceHas()]).toStrictEqual([undefined, [policyName('other'), 'Credentials']]);
  expect(the.notes.at(-1)).toContain('left behind: ');
});

describe('where only the definition is observed, and still names the role', () => {
  const CREDENTIALS_OBSERVED = { stateMachineCredentials: { managementPolicy: 'Observe' } };

  beforeEach(async () => {
    await the.ready('a');
    the.edit('a', CREDENTIALS_OBSERVED);
    await the.converge();
    the.delete('a');
  });

  for (const [when, between] of RESTARTS) {
    it(`the deletion waits until somebody has taken the Credentials off, and says so, ${when}`, async () => {
      await the.reconcile('a');
      between();
      await the.reconcile('a');
      expect(the.condition('a', 'Ready')).toBe('False DeletionBlocked');
      expect(the.message('a', 'Ready')).toBe(
        'checkout still names the role in "Send", and stateMachineCredentials is only observed: remove the Credentials there, or abandon the link.',
      );
      expect([the.cluster.target.roles.has(ROLE.text), sourceHas()]).toStrictEqual([
        true,
        [policyName(CLUSTER), 'Credentials'],
      ]);
      the.changeDefinition(SENDING);
      the.cluster.now += 15_000;
      await the.converge();
      expect([the.object('a'), the.cluster.target.roles.has(ROLE.text), sourceHas()]).toStrictEqual([
        undefined,
        false,
        [],
      ]);
    });
  }

  it('the annotation lets it go', async () => {
    await the.reconcile('a');
    the.annotate('a', { 'crossaccountlink.dev/abandon': 'true' });
    await the.reconcile('a');
    expect(the.object('a')).toBeUndefined();
  });

  it('another link to the role, which has the Task, is enough', async () => {
    the.create('b');
    await the.converge();
    expect([the.object('a'), the.condition('b', 'Ready'), sourceHas()]).toStrictEqual([
      undefined,
      'True InSync',
      [policyName(CLUSTER), 'Credentials'],
    ]);
  });

  it('a machine that is gone is done', async () => {
    the.cluster.source.machines.clear();
    the.cluster.now += 15_000;
    await the.converge();
    expect([the.object('a'), the.cluster.target.roles.size]).toStrictEqual([undefined, 0]);
  });
});

it('what a person wrote on a Task that the link does not select holds up nothing', async () => {
  const states = { Ours: sendTo('a'), Theirs: sendTo('b') };
  const naming = (...tasks: readonly string[]) =>
    setCredentials(definitionOf(states), new Map(tasks.map((name) => [name, ROLE.text])));
  the.changeDefinition(naming('Ours', 'Theirs'));
  await the.ready('a', { stateMachineCredentials: { managementPolicy: 'Observe', tasks: ['Ours'] } });
  expect(the.condition('a', 'Ready')).toBe('True InSync');
  the.delete('a');
  await the.converge();
  expect(the.message('a', 'Ready')).toMatch(/^checkout still names the role in "Ours", and/);
  the.changeDefinition(naming('Theirs'));
  await the.converge();
  expect([the.object('a'), sourceHas()]).toStrictEqual([undefined, ['Credentials']]);
});
