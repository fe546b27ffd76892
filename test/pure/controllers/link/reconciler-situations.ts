/** What the reconciler of links is shown in link-reconciler.test.ts: state in → calls, conditions, Events, when again. */
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { present } from '../../../expectations.ts';
import { asTarget, TARGET } from '../../access/fixtures.ts';
import { machine as definitionOf, task } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, EXEC, SENDING, untouchedRole } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness } from './reconciler-harness.ts';

/** The next routine check. */
export const CHECK = { requeueAfterMs: DRIFT_CHECK_MS * 0.9, isRoutine: true };

/** A definition that was written is read again. */
export const READ_BACK = { requeueAfterMs: 10_000 };
const LOOKED = [
  'stateMachine checkout',
  'role checkout from a snapshot',
  'role checkout-exec from a snapshot',
];

const BARE = task('arn:aws:states:::dynamodb:getItem', { TableName: 'orders', Key: {} });
const IN_SOURCE = task('arn:aws:states:::sqs:sendMessage', {
  QueueUrl: 'https://sqs.us-east-1.amazonaws.com/111111111111/orders',
  MessageBody: 'x',
});

export interface Situation {
  readonly given: string;
  /** Of a link that does not exist yet; otherwise it was brought in sync first. */
  readonly spec?: JsonObject;
  readonly arrange?: (the: ReconcilerHarness) => void;
  /** All calls, or the writes alone. */
  readonly calls?: readonly string[];
  readonly writes?: readonly string[];
  readonly conditions: Readonly<Record<string, string | undefined>>;
  readonly events: readonly string[];
  readonly result: object | string;
}

export const NEW: readonly Situation[] = [
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
      // With the Task on record.
      'status Unknown Creating',
      'UpdateStateMachine checkout',
      'status True InSync',
    ],
    conditions: { Ready: 'True InSync', Effective: 'True Reachable', Reconciling: undefined },
    events: ['Normal InSync'],
    result: READ_BACK,
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
    arrange: (the) => the.cluster.accounts.delete(TARGET),
    calls: ['status False AccountNotAllowed'],
    conditions: { TargetRoleReady: 'False AccountNotAllowed', Stalled: 'True AccountNotAllowed' },
    events: ['Warning AccountNotAllowed'],
    result: {},
  },
  {
    given: 'whose target account was not looked at yet: it says so, and comes again',
    arrange: (the) => {
      the.cluster.accounts.delete(TARGET);
      the.cluster.registered.add(TARGET);
    },
    calls: ['status Unknown AccountNotReady'],
    conditions: { TargetRoleReady: 'Unknown AccountNotReady', Reconciling: 'True AccountNotReady' },
    events: ['Normal AccountNotReady'],
    result: { requeueAfterMs: 15_000 },
  },
  {
    given: 'whose target account the operator cannot reach',
    arrange: (the) => {
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
    arrange: (the) =>
      the.cluster.accounts.set(accountOf(TARGET, [asTarget({})], { aws: the.cluster.target })),
    calls: ['stateMachine checkout', 'status False AccountNotAllowed'],
    conditions: { PermissionsReady: 'False AccountNotAllowed', TargetRoleReady: 'Unknown Creating' },
    events: ['Warning AccountNotAllowed'],
    result: CHECK,
  },
  {
    given: 'without a state machine',
    arrange: (the) => the.cluster.source.machines.clear(),
    calls: ['stateMachine checkout', 'status False StateMachineNotFound'],
    conditions: { StateMachineCredentialsReady: 'False StateMachineNotFound' },
    events: ['Warning StateMachineNotFound'],
    result: { requeueAfterMs: 30_000 },
  },
  {
    given: 'without a state machine ten minutes after it was made: it is not looked for as often any more',
    arrange: (the) => {
      the.cluster.source.machines.clear();
      the.cluster.now += 600_000;
    },
    conditions: { StateMachineCredentialsReady: 'False StateMachineNotFound' },
    events: ['Warning StateMachineNotFound'],
    result: CHECK,
  },
  {
    given: 'none of whose Tasks names the target account: the link is not Ready',
    arrange: (the) => the.changeDefinition(definitionOf({ Get: BARE })),
    conditions: {
      Ready: 'False NoTasks',
      StateMachineCredentialsReady: 'False NoTasks',
      Stalled: 'True NoTasks',
    },
    events: ['Warning NoTasks'],
    result: CHECK,
  },
  {
    given: 'that lists a Task which names a resource of the source account: nothing is written',
    spec: { stateMachineCredentials: { tasks: ['Send'] } },
    arrange: (the) => the.changeDefinition(definitionOf({ Send: IN_SOURCE })),
    calls: ['stateMachine checkout', 'status False ResourceElsewhere'],
    conditions: { StateMachineCredentialsReady: 'False ResourceElsewhere' },
    events: ['Warning ResourceElsewhere'],
    result: CHECK,
  },
  {
    given: 'whose definition cannot be read',
    arrange: (the) => the.changeDefinition('{'),
    writes: ['status False DefinitionUnreadable'],
    conditions: { StateMachineCredentialsReady: 'False DefinitionUnreadable' },
    events: ['Warning DefinitionUnreadable'],
    result: CHECK,
  },
  {
    given: 'whose execution role is gone: the definition stays as it is',
    arrange: (the) => the.cluster.source.roles.clear(),
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
    given: 'whose execution role is gone, so that IAM takes no trust policy that names it',
    arrange: (the) => {
      the.cluster.source.roles.clear();
      the.cluster.target.failures.set('CreateRole', awsFailure('waiting'));
    },
    writes: [
      'finalizers [crossaccountlink.dev/cleanup]',
      'CreateRole checkout',
      'status False ExecutionRoleNotFound',
    ],
    conditions: {
      ExecutionRoleGrantReady: 'False ExecutionRoleNotFound',
      Ready: 'False ExecutionRoleNotFound',
    },
    events: ['Warning ExecutionRoleNotFound'],
    result: 'waiting',
  },
  {
    given: 'whose role somebody else has: it is left alone, and nothing else is written',
    arrange: (the) => the.cluster.target.roles.set(ROLE.text, untouchedRole(ROLE.text)),
    writes: ['status False RoleNotOwned'],
    conditions: { TargetRoleReady: 'False RoleNotOwned', TrustPolicyReady: 'Unknown Creating' },
    events: ['Warning RoleNotOwned'],
    result: CHECK,
  },
  {
    given: 'whose Task has Credentials of somebody else',
    arrange: (the) =>
      the.changeDefinition(
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
    arrange: (the) => the.cluster.target.failures.set('CreateRole', awsFailure('terminal')),
    writes: ['finalizers [crossaccountlink.dev/cleanup]', 'CreateRole checkout', 'status False AccessDenied'],
    conditions: { TargetRoleReady: 'False AccessDenied', Stalled: 'True AccessDenied' },
    events: ['Warning AccessDenied'],
    result: CHECK,
  },
  {
    given: 'whose grant AWS refuses for good: what was written before stays in order',
    arrange: (the) => the.cluster.source.failures.set('PutRolePolicy', awsFailure('terminal')),
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
    arrange: (the) => the.cluster.target.failures.set('CreateRole', awsFailure('fenced')),
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

export const IN_SYNC: readonly Situation[] = [
  {
    given: 'whose definition lost its Tasks: their Credentials and permissions go, and the link is not Ready',
    arrange: (the) => the.changeDefinition(definitionOf({ Get: BARE })),
    writes: ['DeleteRolePolicy checkout', 'status False NoTasks'],
    conditions: {
      Ready: 'False NoTasks',
      PermissionsReady: 'True InSync',
      Effective: 'Unknown NotEvaluated',
    },
    events: ['Warning NoTasks'],
    result: CHECK,
  },
  {
    given: 'and nothing has changed: nothing is written',
    calls: LOOKED,
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'whose permissions somebody took away: seen afresh, put back, reported',
    arrange: (the) => the.changeRole(withoutPolicy),
    calls: [
      'stateMachine checkout',
      'role checkout from a snapshot',
      'role checkout',
      // What is about to be repaired is on record first.
      'status True InSync',
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
    arrange: (the) => {
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
    arrange: (the) => the.changeRole(withoutPolicy, EXEC.text),
    writes: ['status True InSync', 'PutRolePolicy checkout-exec', 'status True InSync'],
    conditions: { ExecutionRoleGrantReady: 'True InSync' },
    events: ['Warning DriftDetected', 'Normal DriftRepaired'],
    result: CHECK,
  },
  {
    given: 'whose role somebody deleted: its RoleId is off the status before another role is created',
    arrange: (the) => the.cluster.target.roles.clear(),
    writes: ['status True InSync', 'CreateRole checkout', 'PutRolePolicy checkout', 'status True InSync'],
    conditions: { Ready: 'True InSync' },
    // Of the role, its trust policy and its permissions.
    events: [
      ...['role', 'trustPolicy', 'permissions'].flatMap(() => [
        'Warning DriftDetected',
        'Normal DriftRepaired',
      ]),
      'Warning TargetRoleRemade',
    ],
    result: CHECK,
  },
  {
    given:
      'whose role somebody deleted and made again: it is not the operator’s any more, and nobody is let into it',
    arrange: (the) => the.cluster.target.roles.set(ROLE.text, untouchedRole(ROLE.text)),
    writes: ['UpdateStateMachine checkout', 'DeleteRolePolicy checkout-exec', 'status False RoleNotOwned'],
    conditions: { TargetRoleReady: 'False RoleNotOwned' },
    events: ['Warning DriftDetected', 'Warning RoleNotOwned'],
    result: READ_BACK,
  },
  {
    given: 'whose execution role somebody put a Deny on: reported, and left alone',
    arrange: (the) =>
      the.changeRole(
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
    arrange: (the) => the.request('a', 'now'),
    calls: ['stateMachine checkout', 'role checkout', 'role checkout-exec', 'status True InSync'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'that a change event makes suspect: everything is read afresh',
    arrange: (the) => {
      the.cluster.parts.memory.of('uid-a').suspect = true;
    },
    calls: ['stateMachine checkout', 'role checkout', 'role checkout-exec'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'that lost its finalizer: it is put back',
    arrange: (the) => the.removeFinalizer('a'),
    calls: [...LOOKED, 'finalizers [crossaccountlink.dev/cleanup]'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'that is turned to Observe: it needs no finalizer any more',
    arrange: (the) => the.edit('a', { managementPolicy: 'Observe' }),
    writes: ['status True InSync', 'finalizers []'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: CHECK,
  },
  {
    given: 'that is suspended: it says what it said, and nothing is read',
    arrange: (the) => the.edit('a', { suspend: true }),
    calls: ['status True InSync'],
    conditions: { Ready: 'True InSync' },
    events: [],
    result: {},
  },
  {
    given: 'that is suspended and edited: nobody knows',
    arrange: (the) => the.edit('a', { suspend: true, permissions: { derive: false } }),
    calls: ['status Unknown Suspended'],
    conditions: { Ready: 'Unknown Suspended', TargetRoleReady: 'True InSync' },
    events: ['Normal Suspended'],
    result: {},
  },
  {
    given: 'while AWS is throttled: it keeps its conditions and comes again when it may',
    arrange: (the) => {
      the.cluster.target.failures.set('role', awsFailure('throttled', { retryAfterMs: 700 }));
    },
    calls: LOOKED.slice(0, 2),
    conditions: { Ready: 'True InSync' },
    events: [],
    result: { requeueAfterMs: 700 },
  },
  {
    given: 'while AWS fails: it keeps its conditions and comes again with growing pauses',
    arrange: (the) => the.cluster.target.failures.set('role', awsFailure('retryable')),
    calls: LOOKED.slice(0, 2),
    conditions: { Ready: 'True InSync' },
    events: [],
    result: 'retryable',
  },
];

export function withoutPolicy(role: ObservedRole): ObservedRole {
  return { ...role, inlinePolicies: new Map() };
}
