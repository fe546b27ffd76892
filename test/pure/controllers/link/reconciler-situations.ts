/** Situations for link-reconciler.test.ts: state → calls, conditions, Events, and when to come again. */
import type { JsonObject } from '../../../../src/base/json.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { present } from '../../../expectations.ts';
import { machine as definitionOf, task } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
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
      'whose role somebody deleted and recreated: it is not the operator’s any more, and nobody is let into it',
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
      the.cluster.parts.memories.of('uid-a').suspect = true;
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
