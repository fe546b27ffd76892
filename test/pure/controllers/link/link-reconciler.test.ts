/** One reconcile of a link: what stands in cluster and AWS → which calls, which conditions, which Events, when again. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { setCredentials } from '../../../../src/asl/credentials.ts';
import { present } from '../../../expectations.ts';
import { asTarget, machine, SOURCE, TARGET } from '../../access/fixtures.ts';
import { machine as definitionOf, task } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, EXEC, untouchedRole, SENDING, SOURCE_ENTRY } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, ReconcilerHarness } from './reconciler-harness.ts';

const CHECK = { requeueAfterMs: DRIFT_CHECK_MS * 0.9 };
const LOOKED = [
  'stateMachine checkout',
  'role checkout from a snapshot',
  'role checkout-exec from a snapshot',
];
const OTHER_QUEUE = definitionOf({
  Send: task('arn:aws:states:::sqs:sendMessage', {
    QueueUrl: 'https://sqs.us-east-1.amazonaws.com/222222222222/refunds',
    MessageBody: 'x',
  }),
});

let the: ReconcilerHarness;

function prepare(propagationPauseMs = 0): void {
  the = new ReconcilerHarness(propagationPauseMs);
  the.cluster.put('checkout');
  the.cluster.source.roles.set(EXEC.text, untouchedRole());
}

beforeEach(() => prepare());

function changeRole(change: (role: ObservedRole) => ObservedRole, arn = ROLE.text): void {
  const { roles } = arn === ROLE.text ? the.cluster.target : the.cluster.source;
  roles.set(arn, change(present(roles.get(arn), `there is no role ${arn}`)));
}

function withoutPolicy(role: ObservedRole): ObservedRole {
  return { ...role, inlinePolicies: new Map() };
}

function changeDefinition(definition: string): void {
  const { machines } = the.cluster.source;
  const found = present(machines.get(machine('checkout').text), 'there is no state machine');
  machines.set(found.arn, { ...found, definition, revisionId: 'changed' });
}

/** State in → calls, conditions, Events, and when to come again. */
interface Situation {
  readonly given: string;
  /** Of a link that does not exist yet; otherwise it was brought in sync first. */
  readonly spec?: JsonObject;
  readonly arrange?: () => void;
  /** All calls, or the writes alone. */
  readonly calls?: readonly string[];
  readonly writes?: readonly string[];
  readonly conditions: Readonly<Record<string, string | undefined>>;
  readonly events: readonly string[];
  readonly result: object | string;
}

const NEW: readonly Situation[] = [
  {
    given:
      'that nothing exists for: role, permissions, grant, definition, in this order, after the finalizer',
    calls: [
      'stateMachine checkout',
      'role checkout from a snapshot',
      'finalizers [crossaccountlink.dev/cleanup]',
      'CreateRole checkout',
      'PutRolePolicy checkout',
      'role checkout-exec from a snapshot',
      'PutRolePolicy checkout-exec',
      'UpdateStateMachine checkout',
      'status True InSync',
    ],
    conditions: { Ready: 'True InSync', Effective: 'True Reachable', Reconciling: undefined },
    events: ['Normal InSync'],
    result: CHECK,
  },
  {
    given: 'that observes everything: nothing is written to AWS, and it carries no finalizer',
    spec: { managementPolicy: 'Observe' },
    writes: ['status False DriftDetected'],
    conditions: {
      TargetRoleReady: 'False DriftDetected',
      ExecutionRoleGrantReady: 'False DriftDetected',
      Effective: undefined,
    },
    events: ['Warning DriftDetected'],
    result: CHECK,
  },
  {
    given: 'whose target account nobody registers',
    arrange: () => the.cluster.accounts.delete(TARGET),
    calls: ['status False AccountNotAllowed'],
    conditions: { TargetRoleReady: 'False AccountNotAllowed', Stalled: 'True AccountNotAllowed' },
    events: ['Warning AccountNotAllowed'],
    result: {},
  },
  {
    given: 'whose target account was not reconciled yet',
    arrange: () => {
      the.cluster.accounts.delete(TARGET);
      the.cluster.registered.add(TARGET);
    },
    writes: [],
    conditions: { Ready: undefined },
    events: [],
    result: {},
  },
  {
    given: 'whose target account the operator cannot reach',
    arrange: () => {
      const { aws: _, ...unreachable } = accountOf(TARGET, [asTarget({})], { problem: 'no session' });
      the.cluster.accounts.set(unreachable);
    },
    calls: ['status Unknown AccountNotReady'],
    conditions: { TargetRoleReady: 'Unknown AccountNotReady', Reconciling: 'True AccountNotReady' },
    events: ['Normal AccountNotReady'],
    result: CHECK,
  },
  {
    given: 'whose permissions the account does not allow: refused before anything is written',
    arrange: () => the.cluster.accounts.set(accountOf(TARGET, [asTarget({})], { aws: the.cluster.target })),
    calls: ['stateMachine checkout', 'status False AccountNotAllowed'],
    conditions: { PermissionsReady: 'False AccountNotAllowed', TargetRoleReady: 'Unknown Creating' },
    events: ['Warning AccountNotAllowed'],
    result: CHECK,
  },
  {
    given: 'without a state machine',
    arrange: () => the.cluster.source.machines.clear(),
    calls: ['stateMachine checkout', 'status False StateMachineNotFound'],
    conditions: { StateMachineCredentialsReady: 'False StateMachineNotFound' },
    events: ['Warning StateMachineNotFound'],
    result: CHECK,
  },
  {
    given: 'whose definition cannot be read',
    arrange: () => changeDefinition('{'),
    writes: ['status False DefinitionUnreadable'],
    conditions: { StateMachineCredentialsReady: 'False DefinitionUnreadable' },
    events: ['Warning DefinitionUnreadable'],
    result: CHECK,
  },
  {
    given: 'whose execution role is gone: the definition stays as it is',
    arrange: () => the.cluster.source.roles.clear(),
    writes: [
      'finalizers [crossaccountlink.dev/cleanup]',
      'CreateRole checkout',
      'PutRolePolicy checkout',
      'status False ExecutionRoleNotFound',
    ],
    conditions: {
      TargetRoleReady: 'True InSync',
      ExecutionRoleGrantReady: 'False ExecutionRoleNotFound',
      StateMachineCredentialsReady: 'Unknown Creating',
    },
    events: ['Warning ExecutionRoleNotFound'],
    result: CHECK,
  },
  {
    given: 'whose role somebody else has: it is left alone, and nothing else is written',
    arrange: () => the.cluster.target.roles.set(ROLE.text, untouchedRole(ROLE.text)),
    writes: ['status False RoleNotOwned'],
    conditions: { TargetRoleReady: 'False RoleNotOwned', TrustPolicyReady: 'Unknown Creating' },
    events: ['Warning RoleNotOwned'],
    result: CHECK,
  },
  {
    given: 'whose Task has Credentials of somebody else',
    arrange: () =>
      changeDefinition(
        setCredentials(SENDING, new Map([['Send', 'arn:aws:iam::222222222222:role/somebody-elses']])),
      ),
    writes: [
      'finalizers [crossaccountlink.dev/cleanup]',
      'CreateRole checkout',
      'PutRolePolicy checkout',
      'PutRolePolicy checkout-exec',
      'status False ForeignCredentials',
    ],
    conditions: { StateMachineCredentialsReady: 'False ForeignCredentials', Effective: undefined },
    events: ['Warning ForeignCredentials'],
    result: CHECK,
  },
  {
    given: 'that AWS refuses for good',
    arrange: () => the.cluster.target.failures.set('CreateRole', awsFailure('terminal')),
    writes: ['finalizers [crossaccountlink.dev/cleanup]', 'CreateRole checkout', 'status False AccessDenied'],
    conditions: { TargetRoleReady: 'False AccessDenied', Stalled: 'True AccessDenied' },
    events: ['Warning AccessDenied'],
    result: CHECK,
  },
  {
    given: 'whose grant AWS refuses for good: what was written before stays in order',
    arrange: () => the.cluster.source.failures.set('PutRolePolicy', awsFailure('terminal')),
    writes: [
      'finalizers [crossaccountlink.dev/cleanup]',
      'CreateRole checkout',
      'PutRolePolicy checkout',
      'PutRolePolicy checkout-exec',
      'status False AccessDenied',
    ],
    conditions: { TargetRoleReady: 'True InSync', ExecutionRoleGrantReady: 'False AccessDenied' },
    events: ['Warning AccessDenied'],
    result: CHECK,
  },
  {
    given: 'that loses the right to write: nothing is said of it',
    arrange: () => the.cluster.target.failures.set('CreateRole', awsFailure('fenced')),
    writes: ['finalizers [crossaccountlink.dev/cleanup]', 'CreateRole checkout'],
    conditions: { Ready: undefined },
    events: [],
    result: 'fenced',
  },
  {
    given: 'that is suspended: its state machine is not read before it has written anything',
    spec: { suspend: true },
    writes: ['status Unknown Suspended'],
    conditions: { Ready: 'Unknown Suspended', Reconciling: undefined, Stalled: undefined },
    events: ['Normal Suspended'],
    result: {},
  },
];

const IN_SYNC: readonly Situation[] = [
  {
    given: 'and nothing has changed: nothing is written',
    calls: LOOKED,
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'whose permissions somebody took away: seen afresh, put back, reported',
    arrange: () => changeRole(withoutPolicy),
    calls: [
      'stateMachine checkout',
      'role checkout from a snapshot',
      'role checkout',
      'PutRolePolicy checkout',
      'role checkout-exec from a snapshot',
      'status True InSync',
    ],
    conditions: { Ready: 'True InSync' },
    events: ['Warning DriftDetected', 'Normal DriftRepaired'],
    result: CHECK,
  },
  {
    given: 'that an old snapshot calls changed: a fresh read says otherwise',
    arrange: () => {
      const role = present(the.cluster.target.roles.get(ROLE.text), 'no role');
      the.cluster.target.snapshot = new Map([[ROLE.text, withoutPolicy(role)]]);
    },
    calls: [...LOOKED.slice(0, 2), 'role checkout', ...LOOKED.slice(2)],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'whose grant somebody took away',
    arrange: () => changeRole(withoutPolicy, EXEC.text),
    writes: ['PutRolePolicy checkout-exec', 'status True InSync'],
    conditions: { ExecutionRoleGrantReady: 'True InSync' },
    events: ['Warning DriftDetected', 'Normal DriftRepaired'],
    result: CHECK,
  },
  {
    given: 'whose role somebody deleted: its RoleId is off the status before another role is created',
    arrange: () => the.cluster.target.roles.clear(),
    writes: ['status True InSync', 'CreateRole checkout', 'PutRolePolicy checkout', 'status True InSync'],
    conditions: { Ready: 'True InSync' },
    // Of the role, its trust policy and its permissions.
    events: ['role', 'trustPolicy', 'permissions'].flatMap(() => [
      'Warning DriftDetected',
      'Normal DriftRepaired',
    ]),
    result: CHECK,
  },
  {
    given: 'whose role somebody deleted and made again: it is not the operator’s any more',
    arrange: () => the.cluster.target.roles.set(ROLE.text, untouchedRole(ROLE.text)),
    writes: ['status False RoleNotOwned'],
    conditions: { TargetRoleReady: 'False RoleNotOwned' },
    events: ['Warning DriftDetected', 'Warning RoleNotOwned'],
    result: CHECK,
  },
  {
    given: 'whose execution role somebody put a Deny on: reported, and left alone',
    arrange: () =>
      changeRole(
        (role) => ({
          ...role,
          inlinePolicies: new Map([
            ...role.inlinePolicies,
            [
              'freeze',
              {
                kind: 'parsed',
                document: {
                  version: '2012-10-17',
                  statements: [
                    {
                      sid: 'Freeze',
                      effect: 'Deny',
                      actions: { negated: false, values: ['*'] },
                      resources: { negated: false, values: ['*'] },
                    },
                  ],
                },
              },
            ],
          ]),
        }),
        EXEC.text,
      ),
    calls: [...LOOKED, 'status False ExplicitlyDenied'],
    conditions: { Effective: 'False ExplicitlyDenied', ExecutionRoleGrantReady: 'True InSync' },
    events: ['Warning DriftDetected', 'Warning ExplicitlyDenied'],
    result: CHECK,
  },
  {
    given: 'that somebody asks for: everything is read afresh, and the request is handled',
    arrange: () => the.request('a', 'now'),
    calls: ['stateMachine checkout', 'role checkout', 'role checkout-exec', 'status True InSync'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'that a change event makes suspect: everything is read afresh',
    arrange: () => {
      the.cluster.parts.memory.of('uid-a').suspect = true;
    },
    calls: ['stateMachine checkout', 'role checkout', 'role checkout-exec'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'that lost its finalizer: it is put back',
    arrange: () => the.removeFinalizer('a'),
    calls: [...LOOKED, 'finalizers [crossaccountlink.dev/cleanup]'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'that is turned to Observe: it needs no finalizer any more',
    arrange: () => the.edit('a', { managementPolicy: 'Observe' }),
    writes: ['status True InSync', 'finalizers []'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'that is suspended: it says what it said, and nothing is read',
    arrange: () => the.edit('a', { suspend: true }),
    calls: ['status True InSync'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: {},
  },
  {
    given: 'that is suspended and edited: nobody knows',
    arrange: () => the.edit('a', { suspend: true, permissions: { derive: false } }),
    calls: ['status Unknown Suspended'],
    conditions: { Ready: 'Unknown Suspended', TargetRoleReady: 'True InSync' },
    events: ['Normal Suspended'],
    result: {},
  },
  {
    given: 'while AWS is throttled: it keeps its conditions and comes again when it may',
    arrange: () => {
      the.cluster.target.failures.set('role', awsFailure('throttled', { retryAfterMs: 700 }));
    },
    calls: LOOKED.slice(0, 2),
    conditions: { Ready: 'True InSync' },
    events: [],
    result: { requeueAfterMs: 700 },
  },
  {
    given: 'while AWS fails: it keeps its conditions and comes again with growing pauses',
    arrange: () => the.cluster.target.failures.set('role', awsFailure('retryable')),
    calls: LOOKED.slice(0, 2),
    conditions: { Ready: 'True InSync' },
    events: [],
    result: 'retryable',
  },
];

async function check(situation: Situation): Promise<void> {
  const { writes, calls, conditions, events, result } = situation;
  expect(await the.reconcile('a')).toStrictEqual(result);
  if (calls !== undefined) expect(the.calls).toStrictEqual(calls);
  if (writes !== undefined) expect(the.writes).toStrictEqual(writes);
  const types = Object.keys(conditions);
  expect(Object.fromEntries(types.map((type) => [type, the.condition('a', type)]))).toStrictEqual(conditions);
  expect(the.events).toStrictEqual(events);
}

describe('a new link', () => {
  for (const situation of NEW) {
    it(situation.given, async () => {
      situation.arrange?.();
      the.create('a', situation.spec);
      await check(situation);
    });
  }
});

describe('a link that was in sync', () => {
  for (const situation of IN_SYNC) {
    it(situation.given, async () => {
      await the.ready('a', situation.spec);
      situation.arrange?.();
      await check(situation);
    });
  }
});

describe('the definition', () => {
  it('waits until IAM has propagated, and the link comes back right then', async () => {
    prepare(10_000);
    the.create('a');
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 10_000 });
    expect(the.condition('a', 'StateMachineCredentialsReady')).toBe('Unknown Propagating');
    expect(the.writes).not.toContain('UpdateStateMachine checkout');
    the.cluster.now = 10_000;
    expect(await the.reconcile('a')).toStrictEqual(CHECK);
    expect(the.writes).toContain('UpdateStateMachine checkout');
  });

  it('that needs more than before widens the role, unless the account blocks growth', async () => {
    await the.ready('a');
    changeDefinition(OTHER_QUEUE);
    the.request('a', 'now');
    expect(await the.reconcile('a')).toMatchObject({});
    expect(the.writes.slice(0, 1)).toStrictEqual(['PutRolePolicy checkout']);
  });

  it('does not widen the role where the account blocks growth, until the link is edited', async () => {
    const entry = asTarget({
      allowedActions: ['sqs:*'],
      allowedResources: ['*'],
      definitionGrowth: 'Hold',
    });
    the.cluster.accounts.set(accountOf(TARGET, [entry], { aws: the.cluster.target }));
    await the.ready('a');
    changeDefinition(OTHER_QUEUE);
    the.request('a', 'now');
    await the.reconcile('a');
    expect(the.condition('a', 'PermissionsReady')).toBe('False GrowthHeld');
    expect(the.writes).not.toContain('PutRolePolicy checkout');
    the.edit('a', { driftCheckInterval: '11m' });
    await the.reconcile('a');
    expect(the.writes).toContain('PutRolePolicy checkout');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('that no longer uses the role in a Task is followed by another reconcile, which takes the permissions', async () => {
    await the.ready('a');
    the.edit('a', { stateMachineCredentials: { tasks: [] } });
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 500 });
    expect(the.writes[0]).toBe('UpdateStateMachine checkout');
    the.calls.length = 0;
    await the.reconcile('a');
    expect(the.writes[0]).toBe('DeleteRolePolicy checkout');
  });
});

describe('a role that somebody keeps changing back', () => {
  it('is repaired three times, then the link waits and says so', async () => {
    await the.ready('a');
    for (let round = 0; round < 3; round += 1) {
      changeRole(withoutPolicy);
      expect(await the.reconcile('a')).toStrictEqual(CHECK);
    }
    changeRole(withoutPolicy);
    the.calls.length = 0;
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 15_000 });
    expect(the.writes).toStrictEqual(['status False Conflict']);
    expect(the.message('a', 'PermissionsReady')).toMatch(/has changed .* back 3 times/);
    the.cluster.now += 15_000;
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });
});

describe('failures in a row', () => {
  it('call a link that was in sync into question at the fourth', async () => {
    await the.ready('a');
    the.cluster.target.failures.set('role', awsFailure('retryable'));
    const seen: (string | undefined)[] = [];
    for (let round = 0; round < 4; round += 1) {
      await the.reconcile('a');
      seen.push(the.condition('a', 'Ready'));
    }
    expect(seen).toStrictEqual(['True InSync', 'True InSync', 'True InSync', 'Unknown AccessDenied']);
    the.cluster.target.failures.clear();
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('are counted anew after a success', async () => {
    await the.ready('a');
    for (let round = 0; round < 5; round += 1) {
      the.cluster.target.failures.set('role', awsFailure('retryable'));
      await the.reconcile('a');
      the.cluster.target.failures.clear();
      await the.reconcile('a');
    }
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    expect(the.writes).toStrictEqual([]);
  });

  it('leave what made the link suspect to be read afresh', async () => {
    await the.ready('a');
    the.cluster.parts.memory.of('uid-a').suspect = true;
    the.cluster.target.failures.set('role', awsFailure('retryable'));
    await the.reconcile('a');
    the.cluster.target.failures.clear();
    the.calls.length = 0;
    await the.reconcile('a');
    expect(the.calls).toContain('role checkout');
  });
});

describe('a link that the API server refuses to write', () => {
  it('because it changed meanwhile is reconciled again soon', async () => {
    the.create('a');
    const stale = present(the.object('a'), 'no link');
    the.edit('a', { driftCheckInterval: '11m' });
    the.cluster.links.upsert(stale);
    the.cluster.source.machines.clear();
    expect(await the.reconcile('a')).toStrictEqual({ requeueAfterMs: 1_000 });
  });

  it('because it is gone is done', async () => {
    expect(await the.reconcile('nobody')).toStrictEqual({});
  });
});

it('what the entries of the source account do not allow is refused unread', async () => {
  the.cluster.accounts.set(accountOf(SOURCE, [{ ...SOURCE_ENTRY, asSource: { stateMachines: [] } }]));
  the.create('a');
  expect(await the.reconcile('a')).toStrictEqual(CHECK);
  expect(the.condition('a', 'Ready')).toBe('False AccountNotAllowed');
});
