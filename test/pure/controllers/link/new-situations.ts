/** Situations of new links, for the tests of the reconciler. */
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { asTarget, TARGET } from '../../access/fixtures.ts';
import { machine as definitionOf, task } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { DRIFT_CHECK_MS } from './reconciler-harness.ts';
import { CHECK, READ_BACK, type Situation } from './reconciler-situations.ts';
import { accountOf, SENDING, untouchedRole } from '../test-cluster.ts';

const BARE = task('arn:aws:states:::dynamodb:getItem', { TableName: 'orders', Key: {} });

const IN_SOURCE = task('arn:aws:states:::sqs:sendMessage', {
  QueueUrl: 'https://sqs.us-east-1.amazonaws.com/111111111111/orders',
  MessageBody: 'x',
});

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
      the.cluster.now += DRIFT_CHECK_MS;
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
