/** Drift is what somebody else changed, reported once each, whether the operator was there or not. A difference that an edit of
 *  a spec or a definition causes is not drift. */
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DriftRecord } from '../../../../src/api/generated.ts';
import { grantStatement } from '../../../../src/desired/grant.ts';
import { policyName, trustSid } from '../../../../src/desired/names.ts';
import { present } from '../../../expectations.ts';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { machine as definition, sendTo } from '../../asl/machines.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';
import { withoutPolicy } from './reconciler-situations.ts';

const OTHER_EXEC = role('other-exec', SOURCE);
const OTHER_TARGET = role('crossaccountlink/payments/other');
const CREDENTIALS = { Credentials: { RoleArn: ROLE.text } };

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  the.cluster.source.roles.set(OTHER_EXEC.text, untouchedRole(OTHER_EXEC.text));
  await the.ready('a');
  await the.converge();
  the.events.length = 0;
  the.calls.length = 0;
});

/** Each as `FIELD true`: whether it was repaired; the field without what is in brackets. */
function reported(name = 'a'): readonly string[] {
  const records: readonly DriftRecord[] = the.object(name)?.status.drift?.recent ?? [];
  return records.map(({ field, repaired }) => `${field.replace(/[[.].*/, '')} ${repaired}`);
}

const EDITS: readonly { what: string; edit: () => void }[] = [
  {
    what: 'a definition with another Task',
    edit: () =>
      the.changeDefinition(definition({ Send: sendTo('orders', CREDENTIALS), More: sendTo('more') })),
  },
  {
    what: 'a definition whose Task calls another queue',
    edit: () => the.changeDefinition(definition({ Send: sendTo('other', CREDENTIALS) })),
  },
  {
    what: 'a definition with a Task less',
    edit: () => the.changeDefinition(definition({ Other: sendTo('orders') })),
  },
  {
    what: 'another execution role',
    edit: () => the.changeMachine({ executionRoleArn: OTHER_EXEC.text }),
  },
  {
    what: 'an edited link',
    edit: () => the.edit('a', { targetRole: { arn: ROLE.text, description: 'new', tags: { team: 'x' } } }),
  },
  {
    what: 'an edited link that shares the role',
    edit: () => the.edit('b', { targetRole: { arn: ROLE.text, tags: { team: 'x' } } }),
  },
];

for (const [when, between] of [
  ['', () => undefined],
  [', made while the operator was away', () => the.restart()],
] as const) {
  describe(`no drift is reported${when}`, () => {
    for (const { what, edit } of EDITS) {
      it(what, async () => {
        the.cluster.put('refund');
        the.create('b', { stateMachineARN: machine('refund').text });
        await the.converge();
        the.events.length = 0;
        edit();
        between();
        const before = the.writes.length;
        await the.converge();
        expect(the.writes.length).toBeGreaterThan(before);
        expect(the.events).not.toContain('Warning DriftDetected');
        expect([reported('a'), reported('b')]).toStrictEqual([[], []]);
        expect(the.condition('a', 'Ready')).toBe('True InSync');
      });
    }
  });
}

describe('what somebody did while the operator was away is reported', () => {
  it('beside an edit of the definition', async () => {
    the.changeDefinition(definition({ Send: sendTo('orders', CREDENTIALS), More: sendTo('more') }));
    the.changeRole((found) => ({
      ...found,
      trust: parsed(FOREIGN_TRUST, ...(found.trust.kind === 'parsed' ? found.trust.document.statements : [])),
    }));
    the.restart();
    await the.converge();
    expect(reported()).toStrictEqual(['trustPolicy true']);
  });

  it('of the legs of a link that were in sync, though another one is not', async () => {
    the.cluster.target.failures.set('TagRole', awsFailure('terminal'));
    the.edit('a', { targetRole: { arn: ROLE.text, tags: { team: 'x' } } });
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('False AccessDenied');
    the.changeRole(withoutPolicy);
    the.restart();
    await the.reconcile('a');
    expect(reported()).toStrictEqual(['inlinePolicies true']);
    expect(the.condition('a', 'PermissionsReady')).toBe('True InSync');
  });
});

describe('drift is reported once, though the operator dies while it repairs it', () => {
  for (const diesAfter of [1, 2]) {
    it(`after write ${diesAfter}`, async () => {
      the.changeRole(withoutPolicy);
      the.restart(diesAfter);
      await expect(the.converge()).rejects.toThrow();
      the.restart();
      await the.converge();
      expect(reported()).toStrictEqual(['inlinePolicies true']);
      expect(the.object('a')?.status.drift).toMatchObject({ total: 1, recent: [{ repaired: true }] });
      expect(the.object('a')?.status.drift?.recent?.[0]).not.toHaveProperty('repairing');
      expect(the.events).toStrictEqual(['Warning DriftDetected', 'Normal DriftRepaired']);
    });
  }

  it('and before that its status says that it is being repaired', async () => {
    the.changeRole(withoutPolicy);
    the.restart(1);
    await expect(the.converge()).rejects.toThrow();
    expect(the.object('a')?.status.drift?.recent).toMatchObject([{ repaired: false, repairing: true }]);
  });

  it('and what AWS refuses to have repaired is reported as not repaired', async () => {
    the.changeRole(withoutPolicy);
    the.cluster.target.failures.set('PutRolePolicy', awsFailure('terminal'));
    await the.reconcile('a');
    expect(reported()).toStrictEqual(['inlinePolicies false']);
    expect(the.object('a')?.status.drift?.recent?.[0]).not.toHaveProperty('repairing');
  });
});

describe('what somebody changes beside a refused sibling, while the operator is away, is reported', () => {
  const asked = { arn: ROLE.text, description: 'mine', tags: { team: 'blue' } };

  beforeEach(async () => {
    the.cluster.put('refund', EXEC.text, definition({ Send: sendTo('orders'), More: sendTo('more') }));
    the.edit('a', { targetRole: asked });
    await the.ready('b', {
      stateMachineARN: machine('refund').text,
      stateMachineCredentials: { tasks: ['More'] },
    });
    await the.converge();
    the.cluster.put('refund', EXEC.text, definition({ Send: sendTo('orders') }));
    the.request('b', '1');
    await the.converge();
    the.restart();
    the.cluster.now += DRIFT_CHECK_MS;
  });

  it.each([
    {
      what: 'the description',
      change: () => the.changeRole((found) => ({ ...found, description: 'theirs' })),
      told: ['description true'],
    },
    {
      what: 'a tag',
      change: () =>
        the.changeRole((found) => ({ ...found, tags: new Map([...found.tags, ['team', 'theirs']]) })),
      told: ['tags true'],
    },
    {
      what: 'the grant',
      change: () =>
        the.changeRole((found) => {
          const theirs = parsed(grantStatement([OTHER_TARGET.text]));
          return { ...found, inlinePolicies: new Map([[policyName(CLUSTER), theirs]]) };
        }, EXEC.text),
      told: ['grant true'],
    },
  ])('$what', async ({ change, told }) => {
    expect(the.condition('b', 'Ready')).toBe('False TaskNotFound');
    change();
    await the.converge();
    expect(reported()).toStrictEqual(told);
  });

  it('but not that a removal waits until the sibling is itself again', async () => {
    the.edit('a', { targetRole: { arn: ROLE.text } });
    await the.converge();
    the.restart();
    await the.converge();
    the.cluster.put('refund', EXEC.text, definition({ Send: sendTo('orders'), More: sendTo('more') }));
    the.restart();
    await the.converge();
    expect(the.cluster.target.roles.get(ROLE.text)).toMatchObject({ description: '' });
    expect([...reported(), ...reported('b')]).toStrictEqual([]);
  });
});

describe('what somebody changes while a sibling is suspended is reported', () => {
  const more = { Credentials: { RoleArn: OTHER_TARGET.text } };

  it('on the grant that both have', async () => {
    the.cluster.put('refund');
    the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_TARGET.text } });
    await the.converge();
    the.edit('b', { suspend: true });
    await the.converge();
    the.request('a', '1');
    await the.converge();
    the.changeRole(
      (found) => ({
        ...found,
        inlinePolicies: new Map([[policyName(CLUSTER), parsed(grantStatement([OTHER_TARGET.text]))]]),
      }),
      EXEC.text,
    );
    the.request('a', '2');
    await the.converge();
    expect(reported()).toStrictEqual(['grant true']);
    expect(the.events).toContain('Warning DriftDetected');
  });

  it('in the Task of another link than the suspended one', async () => {
    the.changeDefinition(definition({ Send: sendTo('orders', CREDENTIALS), More: sendTo('more') }));
    the.edit('a', { stateMachineCredentials: { tasks: ['Send'] } });
    await the.converge();
    the.create('b', {
      targetRole: { arn: OTHER_TARGET.text },
      stateMachineCredentials: { tasks: ['More'] },
    });
    await the.converge();
    the.edit('b', { suspend: true });
    await the.converge();
    the.request('a', '1');
    await the.converge();
    const theirs = { Credentials: { RoleArn: role('somebody-elses').text } };
    the.changeDefinition(definition({ Send: sendTo('orders', theirs), More: sendTo('more', more) }));
    the.request('a', '2');
    await the.converge();
    expect(reported()).toStrictEqual(['States true']);
  });
});

describe('a cache that lags', () => {
  it('has no repair reported twice that it still shows under way', async () => {
    the.changeRole(withoutPolicy);
    const upsert = jest.spyOn(the.cluster.links, 'upsert');
    the.request('a', '1');
    await the.reconcile('a');
    const seen = upsert.mock.calls.map(([object]) => object);
    const behind = seen.find(({ status }) =>
      status.drift?.recent?.some(({ repairing }) => repairing === true),
    );
    the.cluster.links.upsert(present(behind, 'it was never on record'));
    the.events.length = 0;
    await the.reconcile('a');
    expect(the.events).toStrictEqual([]);
  });
});

describe('what was being repaired when the operator died does not stay under way', () => {
  for (const [what, change] of [
    ['that only observes by now', () => the.edit('a', { managementPolicy: 'Observe' })],
    [
      'of which another part cannot be read',
      () => the.cluster.source.failures.set('role', awsFailure('terminal')),
    ],
  ] as const) {
    it(`on a link ${what}`, async () => {
      the.changeRole(withoutPolicy);
      the.restart(2);
      await expect(the.converge()).rejects.toThrow();
      change();
      the.restart();
      await the.converge();
      expect(reported()).toStrictEqual(['inlinePolicies true']);
      expect(the.object('a')?.status.drift?.recent?.[0]).not.toHaveProperty('repairing');
      expect(the.events.filter((event) => event === 'Warning DriftDetected')).toHaveLength(1);
    });
  }
});

it('Credentials that somebody changed under Observe stay drift, though AWS never named a revision', async () => {
  the = withCheckout();
  the.cluster.source.namesRevisions = false;
  await the.ready('a');
  the.edit('a', { managementPolicy: 'Observe' });
  await the.converge();
  the.changeDefinition(
    definition({ Send: sendTo('orders', { Credentials: { RoleArn: role('somebody-elses').text } }) }),
  );
  for (let look = 0; look < 3; look += 1) {
    await the.reconcile('a');
    expect(the.condition('a', 'StateMachineCredentialsReady')).toBe('False DriftDetected');
    the.cluster.now += 60_000;
  }
});

it('a target role that is made again is reported with both RoleIds, for policies that named it name another one now', async () => {
  const former = present(the.cluster.target.roles.get(ROLE.text), 'there is no role').roleId;
  the.cluster.target.roles.delete(ROLE.text);
  the.notes.length = 0;
  the.request('a', 'now');
  await the.converge();
  const { roleId } = present(the.cluster.target.roles.get(ROLE.text), 'the role was not made again');
  expect(the.events.filter((event) => event === 'Warning TargetRoleRemade')).toHaveLength(1);
  expect(the.notes.join('\n')).toContain(`(RoleId was ${former}, is ${roleId})`);
});

const RETAINED = { deletionPolicy: 'Retain' };
const goOn = () => undefined;
/** The operator dies as the link's finalizer comes off. */
const restart = () => the.restart();

async function shares(spec: object): Promise<void> {
  the.cluster.put('refund');
  await the.ready('b', { stateMachineARN: machine('refund').text, ...spec });
  await the.converge();
}
/** While the others are held up, for as long as that is waited for. */
async function goes(): Promise<void> {
  the.delete('b');
  await released();
}

async function released(): Promise<void> {
  await the.reconcile('b');
  the.cluster.now += 5_000;
  await the.reconcile('b');
  expect(the.object('b')).toBeUndefined();
}

describe('what a link that went has left on an object that it shared is no drift of another one', () => {
  describe.each([
    ['the same process', goOn],
    ['an operator that has just begun', restart],
  ])('as seen by %s', (_, between) => {
    it('on the grant, where it was retained', async () => {
      await shares({ targetRole: { arn: OTHER_TARGET.text }, ...RETAINED });
      await goes();
      between();
      await the.converge();
      expect(reported()).toStrictEqual([]);
      expect(the.granted()).not.toContain(OTHER_TARGET.text);
    });

    it('on the grant, where it was set to be retained after its deletion began', async () => {
      await shares({ targetRole: { arn: OTHER_TARGET.text } });
      the.cluster.target.failures.set('role', awsFailure('retryable'));
      the.delete('b');
      await the.reconcile('b').catch(() => undefined);
      the.cluster.target.failures.clear();
      the.edit('b', RETAINED);
      await released();
      between();
      await the.converge();
      expect(reported()).toStrictEqual([]);
    });

    it('on the role, where it ran under another execution role', async () => {
      the.cluster.put('refund', OTHER_EXEC.text);
      await the.ready('b', { stateMachineARN: machine('refund').text, ...RETAINED });
      await the.converge();
      await goes();
      between();
      await the.converge();
      expect(reported()).toStrictEqual([]);
      expect(JSON.stringify(the.cluster.target.roles.get(ROLE.text)?.trust)).not.toContain(OTHER_EXEC.text);
    });
  });

  it('but what somebody else took off beside it is', async () => {
    the.cluster.put('refund', OTHER_EXEC.text);
    await the.ready('b', { stateMachineARN: machine('refund').text, ...RETAINED });
    await the.converge();
    await goes();
    the.changeRole((found) => ({
      ...found,
      trust:
        found.trust.kind === 'parsed'
          ? parsed(...found.trust.document.statements.filter(({ sid }) => sid === trustSid(OTHER_EXEC.text)))
          : found.trust,
    }));
    restart();
    await the.converge();
    expect(reported()).toStrictEqual(['trustPolicy true']);
  });

  it('what somebody else names in the grant is drift all the same', async () => {
    the.changeRole(
      (found) => ({
        ...found,
        inlinePolicies: new Map([
          [policyName(CLUSTER), parsed(grantStatement([ROLE.text, OTHER_TARGET.text]))],
        ]),
      }),
      EXEC.text,
    );
    restart();
    await the.converge();
    expect(reported()).toStrictEqual(['grant true']);
  });

  it('and so is whom somebody else lets into the role', async () => {
    the.changeRole((found) => ({
      ...found,
      trust:
        found.trust.kind === 'parsed'
          ? parsed(...found.trust.document.statements, {
              ...present(found.trust.document.statements[0], 'no trust'),
              sid: trustSid(OTHER_EXEC.text),
              principals: { negated: false, anyone: false, byType: { AWS: [OTHER_EXEC.text] } },
            })
          : found.trust,
    }));
    restart();
    await the.converge();
    expect(reported()).toStrictEqual(['trustPolicy true']);
  });
});
