/** A check with the same basis as an earlier one that found the link in sync reads the state machine and nothing else. Whatever
 *  changes the basis leads to a whole check. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Account } from '../../../../src/controllers/state/account-registry.ts';
import { policyName } from '../../../../src/desired/names.ts';
import { present } from '../../../expectations.ts';
import { machine, role, rulesOf, SOURCE, TARGET, type Entry } from '../../access/fixtures.ts';
import { machine as definition, task } from '../../asl/machines.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { EXEC, SOURCE_ENTRY, TARGET_ENTRY } from '../test-cluster.ts';
import { awsFailure } from '../model-account.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const BOUNDARY = `arn:aws:iam::${TARGET}:policy/boundary`;
const FORMER = role('former-exec', SOURCE).text;

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  the.cluster.target.policies.set(BOUNDARY, boundary('*'));
  await the.ready('a', { targetRole: { arn: ROLE.text, permissionsBoundaryARN: BOUNDARY } });
  await the.converge();
  // The one that comes after the last write remembers what it went by.
  await check();
});

/** Everything that is allowed to sessions, as long as it is on that resource. */
function boundary(resource: string) {
  const actions = { negated: false, values: ['*'] };
  const resources = { negated: false, values: [resource] };
  return { arn: BOUNDARY, versionId: 'v1', document: parsed({ effect: 'Allow', actions, resources }) };
}

/** The AWSAccount says something else; the rules stay unless others are given. */
function changeAccount(accountId: string, entries?: readonly Entry[], fields: Partial<Account> = {}): void {
  const { accounts } = the.cluster;
  const before = present(accounts.get(accountId), 'there is no account');
  const rules = entries === undefined ? before.rules : rulesOf(accountId, [...entries]);
  accounts.set({ ...before, rules, ...fields });
}

/** What a check asks of AWS and writes. */
async function check(): Promise<readonly string[]> {
  the.cluster.now += 60_000;
  the.calls.length = 0;
  await the.reconcile('a');
  return [...the.calls];
}

describe('a check in sync', () => {
  it('reads the state machine and nothing else', async () => {
    expect(await check()).toStrictEqual(['stateMachine checkout']);
    expect(await check()).toStrictEqual(['stateMachine checkout']);
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('looks at everything once after a restart', async () => {
    the.restart();
    expect(await check()).toContain('role checkout from a snapshot');
    expect(await check()).toStrictEqual(['stateMachine checkout']);
  });

  it('looks at everything where the snapshot is too old to tell', async () => {
    the.cluster.target.failures.set('role', new Error('there is no snapshot'));
    await expect(check()).rejects.toThrow('there is no snapshot');
  });

  it('looks at everything after one that was broken off', async () => {
    const { failures } = the.cluster.target;
    failures.set('role', new Error('there is no snapshot'));
    await expect(check()).rejects.toThrow('there is no snapshot');
    failures.clear();
    expect(await check()).toContain('role checkout from a snapshot');
    expect(await check()).toStrictEqual(['stateMachine checkout']);
  });
});

describe('a check for which the roles of the source account cannot be read', () => {
  beforeEach(() => void the.cluster.source.failures.set('role', awsFailure('retryable')));

  it('puts back what was changed on the target role', async () => {
    the.changeRole((found) => ({ ...found, trust: parsed(FOREIGN_TRUST) }));
    await check().catch(() => undefined);
    expect(the.cluster.target.writes.at(-1)).toMatchObject({ leg: 'trustPolicy' });
  });

  it('looks at everything once they can', async () => {
    await check().catch(() => undefined);
    the.cluster.source.failures.clear();
    expect(await check()).toContain('role checkout-exec from a snapshot');
    expect(await check()).toStrictEqual(['stateMachine checkout']);
  });
});

const CHANGES: readonly { what: string; change: () => void | Promise<void> }[] = [
  {
    what: 'the trust policy',
    change: () => the.changeRole((found) => ({ ...found, trust: parsed(FOREIGN_TRUST) })),
  },
  {
    what: 'a policy of the target role',
    change: () => the.changeRole((found) => ({ ...found, inlinePolicies: new Map() })),
  },
  {
    what: 'a tag of the target role',
    change: () => the.changeRole((found) => ({ ...found, tags: new Map() })),
  },
  {
    what: 'the RoleId of the target role',
    change: () => the.changeRole((found) => ({ ...found, roleId: 'AROAOTHER' })),
  },
  { what: 'the target role, which is gone', change: () => void the.cluster.target.roles.delete(ROLE.text) },
  {
    what: 'the grant',
    change: () => {
      const inlinePolicies = new Map([[policyName(CLUSTER), parsed()]]);
      the.changeRole((found) => ({ ...found, inlinePolicies }), EXEC.text);
    },
  },
  {
    what: 'the text of the boundary, under the same version',
    change: () => void the.cluster.target.policies.set(BOUNDARY, boundary('arn:aws:s3:::other')),
  },
  {
    what: 'the definition',
    change: () => the.changeDefinition(definition({ Send: task('arn:aws:states:::sqs:sendMessage') })),
  },
  {
    what: 'the role that the state machine runs under',
    change: () => the.changeMachine({ executionRoleArn: FORMER }),
  },
  { what: 'the spec', change: () => the.edit('a', { driftCheckInterval: '30m' }) },
  { what: 'a label of the link', change: () => the.annotate('a', { note: 'seen' }) },
  {
    what: 'the links that share the role',
    change: async () => {
      the.cluster.put('refund');
      the.create('b', { stateMachineARN: machine('refund').text });
      await the.reconcile('b');
    },
  },
  {
    what: 'a new link that preserves what is foreign on the role',
    change: async () => {
      the.cluster.letAdopt();
      await the.converge();
      await check();
      expect(await check()).toStrictEqual(['stateMachine checkout']);
      the.create('b', {
        stateMachineARN: machine('refund').text,
        targetRole: { arn: ROLE.text, unmanaged: 'Preserve' },
      });
    },
  },
  {
    what: 'the rules of the target account',
    change: () => changeAccount(TARGET, [TARGET_ENTRY]),
  },
  { what: 'the rules of the source account', change: () => changeAccount(SOURCE, [SOURCE_ENTRY]) },
  {
    what: 'who the operator is',
    change: () => changeAccount(TARGET, undefined, { operatorRoleArns: [role('operator', TARGET).text] }),
  },
  {
    what: 'a link that shares the role, which is suspended',
    change: async () => {
      the.cluster.put('refund');
      the.create('b', { stateMachineARN: machine('refund').text });
      await the.converge();
      expect(await check()).toStrictEqual(['stateMachine checkout']);
      the.edit('b', { suspend: true });
    },
  },
  {
    what: 'a link that shares the role, whose state machine needs something else',
    change: async () => {
      the.cluster.put('refund');
      the.create('b', { stateMachineARN: machine('refund').text });
      await the.converge();
      expect(await check()).toStrictEqual(['stateMachine checkout']);
      the.cluster.put('refund', EXEC.text, definition({ Send: task('arn:aws:states:::sns:publish') }));
      await the.reconcile('b');
    },
  },
  {
    what: 'whether every link is known',
    change: () => void (the.cluster.complete = false),
  },
  {
    what: 'grants that nothing explains',
    change: () => void (the.cluster.source.strays = new Map([[FORMER, [ROLE.text]]])),
  },
  {
    what: 'what aliases run',
    change: async () => {
      the.cluster.source.aliased = [];
      await the.aliases.look(machine('checkout').text);
    },
  },
];

describe('a check looks at everything again after a change of', () => {
  for (const { what, change } of CHANGES) {
    it(what, async () => {
      await change();
      expect(await check()).toContainEqual(expect.stringMatching(/^role checkout(?: from a snapshot)?$/));
    });
  }
});
