/**
 * The least that the operator's role in an account needs, each statement with its reason. Condition keys:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html and
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
import { parseArn } from '../arn/arn.ts';
import { principalNames } from '../arn/partitions.ts';
import { TAGS } from '../desired/names.ts';
import { policyOf, type PolicyDocument, type Statement } from '../policy/document.ts';
import { allow, deny, trust } from './statements.ts';

interface Account {
  readonly partition: string;
  readonly accountId: string;
  /** Name of the operator's own role there. */
  readonly operatorRole: string;
  /** ARN of the queue in which the account's events arrive, if there is one; it may be in another account. */
  readonly eventQueueArn?: string;
  /** How roles are read: all at once (as with `roleReads: Account` of the AWSAccount; the default), or one by one. */
  readonly roleReads?: 'Account' | 'PerRole';
}

interface SourceAccount extends Account {
  /** Pattern of the names of the state machines that may be linked. */
  readonly stateMachines: string;
  /** Pattern of the names of execution roles, with their path: `payments/*`. It is the only protection: nothing can limit what
   *  PutRolePolicy writes. */
  readonly executionRoles: string;
  /** The service principals of Step Functions, if the partition is not known yet. */
  readonly stepFunctions?: readonly string[];
  /** Customer keys with which state machines there are encrypted. */
  readonly stateMachineKeyArns?: readonly string[];
}

interface TargetAccount extends Account {
  readonly clusterId: string;
  /** Path of the target roles; begins and ends with `/`. */
  readonly rolePathPrefix: string;
  /** The boundary of every role; the operator can neither remove nor change it. */
  readonly boundaryArn?: string;
  /** Managed policies that links may attach. */
  readonly managedPolicyArns: readonly string[];
}

/** What the operator needs in an account with state machines: read and update them, and write one inline policy on their
 *  execution roles. */
export function sourcePolicy(account: SourceAccount): PolicyDocument {
  const {
    partition,
    accountId,
    stateMachines,
    executionRoles,
    stateMachineKeyArns = [],
    stepFunctions,
  } = account;
  const states = (resource: string) => `arn:${partition}:states:*:${accountId}:${resource}`;
  const roles = `arn:${partition}:iam::${accountId}:role/${executionRoles}`;
  const machines = states(`stateMachine:${stateMachines}`);
  const executions = states(`execution:${stateMachines}:*`);
  return policyOf([
    // Versions and aliases, too: AWS names them by either ARN.
    allow(
      'ReadStateMachines',
      ['states:DescribeStateMachine', 'states:DescribeStateMachineAlias'],
      [machines, `${machines}:*`],
    ),
    allow('ListAndEditStateMachines', STATE_MACHINE_ACTIONS, machines),
    allow('ReadWhatStillRuns', ['states:DescribeStateMachineForExecution'], executions),
    // Events say which executions failed, and histories whether a Task was denied. The ARN of a distributed Map's child
    // contains the Map's label.
    ...(account.eventQueueArn === undefined
      ? []
      : [
          allow(
            'ReadExecutions',
            ['states:DescribeExecution', 'states:GetExecutionHistory'],
            [executions, states(`execution:${stateMachines}/*`)],
          ),
        ]),
    ...(stateMachineKeyArns.length === 0
      ? []
      : [
          allow('UseKeysOfStateMachines', ['kms:Decrypt', 'kms:GenerateDataKey'], stateMachineKeyArns, {
            StringLike: { 'kms:EncryptionContext:aws:states:stateMachineArn': [machines] },
          }),
        ]),
    allow('KeepExecutionRole', ['iam:PassRole'], roles, {
      StringEquals: {
        'iam:PassedToService': stepFunctions ?? principalNames('states.amazonaws.com', partition),
      },
    }),
    allow('WriteGrants', ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'], roles),
    ...common(account),
  ]);
}

/** What the operator needs in an account with target roles: make, change and delete roles below a path, with the boundary. */
export function targetPolicy(account: TargetAccount): PolicyDocument {
  const { partition, accountId, clusterId, rolePathPrefix, boundaryArn, managedPolicyArns } = account;
  const roles = `arn:${partition}:iam::${accountId}:role${rolePathPrefix}*`;
  const bounded = boundaryArn === undefined ? {} : { 'iam:PermissionsBoundary': [boundaryArn] };
  const requested = { [`aws:RequestTag/${TAGS.clusterId}`]: [clusterId] };
  const owned = { [`aws:ResourceTag/${TAGS.clusterId}`]: [clusterId] };
  return policyOf([
    allow('MakeRoles', ['iam:CreateRole'], roles, { StringEquals: { ...bounded, ...requested } }),
    // Roles that are made or adopted, and roles whose tags somebody removed, but none that has a cluster ID.
    allow('ClaimRoles', ['iam:TagRole'], roles, {
      StringEquals: requested,
      Null: { [`aws:ResourceTag/${TAGS.clusterId}`]: ['true'] },
    }),
    allow('TagOwnRoles', ['iam:TagRole', 'iam:UntagRole'], roles, { StringEquals: owned }),
    allow('WritePermissions', ['iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'], roles, {
      StringEquals: { ...bounded, ...owned },
    }),
    ...(managedPolicyArns.length === 0
      ? []
      : [
          allow('AttachNamedPolicies', ['iam:AttachRolePolicy'], roles, {
            StringEquals: { ...bounded, ...owned },
            ArnLike: { 'iam:PolicyARN': managedPolicyArns },
          }),
        ]),
    allow('KeepOwnRoles', KEEP_ROLE, roles, { StringEquals: owned }),
    // IAM decides this by the profile, which does not say which roles are in it: profiles elsewhere are other people's.
    allow(
      'LeaveInstanceProfiles',
      ['iam:RemoveRoleFromInstanceProfile'],
      `arn:${partition}:iam::${accountId}:instance-profile${rolePathPrefix}*`,
    ),
    ...(boundaryArn === undefined
      ? [allow('DropBoundaries', ['iam:DeleteRolePermissionsBoundary'], roles, { StringEquals: owned })]
      : boundaryDenials(account, boundaryArn)),
    ...common(account),
  ]);
}

/** For an account on both sides of links: the statements of both, common ones once. */
export function bothPolicies(account: SourceAccount & TargetAccount): PolicyDocument {
  const source = sourcePolicy(account).statements;
  const shared = new Set(source.map(({ sid }) => sid));
  return policyOf([...source, ...targetPolicy(account).statements.filter(({ sid }) => !shared.has(sid))]);
}

const STATE_MACHINE_ACTIONS = [
  'states:UpdateStateMachine',
  'states:PublishStateMachineVersion',
  'states:ListStateMachineAliases',
  'states:ListExecutions',
];

const READ_ROLE = [
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListRolePolicies',
  'iam:ListAttachedRolePolicies',
  'iam:ListInstanceProfilesForRole',
];

const KEEP_ROLE = [
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateRoleDescription',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:DeleteRole',
];

const OWN_ROLE_WRITES = [
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:DeleteRole',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:TagRole',
  'iam:UntagRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateRole',
  'iam:UpdateRoleDescription',
];

/** What the operator needs in every account, and what it may never do there. */
function common({
  partition,
  accountId,
  operatorRole,
  eventQueueArn,
  roleReads,
}: Account): readonly Statement[] {
  return [
    ...(roleReads === 'PerRole' ? [] : [allow('ReadAccount', ['iam:GetAccountAuthorizationDetails'], '*')]),
    // All roles, which ReadAccount shows in any case where it is allowed. IAM is asked by name, and knows no path of a role
    // that does not exist: with a narrower pattern the answer would be "denied" instead of "there is none".
    allow('ReadRoles', READ_ROLE, `arn:${partition}:iam::${accountId}:role/*`),
    allow(
      'ReadManagedPolicies',
      ['iam:GetPolicy', 'iam:GetPolicyVersion'],
      `arn:${partition}:iam::*:policy/*`,
    ),
    ...(eventQueueArn === undefined || isElsewhere(eventQueueArn, accountId)
      ? []
      : [allow('HearOfChanges', ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], eventQueueArn)]),
    deny('NeverItself', OWN_ROLE_WRITES, `arn:${partition}:iam::${accountId}:role/${operatorRole}`),
  ];
}

/** Whether a queue is in another account, which reads it; false for a placeholder. */
function isElsewhere(queueArn: string, accountId: string): boolean {
  const owner = parseArn(queueArn)?.accountId;
  return owner !== undefined && owner !== accountId;
}

function boundaryDenials({ partition, accountId }: TargetAccount, boundaryArn: string): readonly Statement[] {
  return [
    deny(
      'NeverTheBoundary',
      [
        'iam:CreatePolicyVersion',
        'iam:DeletePolicy',
        'iam:DeletePolicyVersion',
        'iam:SetDefaultPolicyVersion',
      ],
      boundaryArn,
    ),
    deny(
      'NeverDropBoundaries',
      ['iam:DeleteRolePermissionsBoundary'],
      `arn:${partition}:iam::${accountId}:role/*`,
    ),
  ];
}

/** Who may assume the operator's role: one principal, with the external ID of the AWSAccount. The session tags that EKS Pod
 *  Identity passes on are allowed in a separate statement, because sts:TagSession has no external ID and would be refused with
 *  that condition. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required */
export function operatorTrust(operatorArn: string, externalId: string | undefined): PolicyDocument {
  const conditions =
    externalId === undefined ? undefined : { StringEquals: { 'sts:ExternalId': [externalId] } };
  return policyOf([
    trust('Operator', { AWS: [operatorArn] }, ['sts:AssumeRole'], conditions),
    trust('SessionTagsOfOperator', { AWS: [operatorArn] }, ['sts:TagSession']),
  ]);
}
