/**
 * The least that the operator's role in an account has to be allowed, statement by statement with its reason.
 * Condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 * and https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
import { parseArn } from '../arn/arn.ts';
import { principalNames } from '../arn/partitions.ts';
import { TAGS } from '../desired/names.ts';
import type { PolicyDocument, Statement } from '../policy/document.ts';
import { allow, deny, policy, trust } from './statements.ts';

interface Account {
  readonly partition: string;
  readonly accountId: string;
  /** Name of the operator's own role there. */
  readonly operatorRole: string;
  /** ARN of the queue that the account's events arrive in, if there is one; it may lie in another account. */
  readonly eventQueueArn?: string;
  /** How roles are read: all at once (as AWSAccount's roleReads: Account does, and when left out), or one by one. */
  readonly roleReads?: 'Account' | 'PerRole';
}

interface SourceAccount extends Account {
  /** Pattern of the names of the state machines that may be linked. */
  readonly stateMachines: string;
  /** Pattern of execution role names, with their path: `payments/*`. It is the whole protection: nothing can limit
   *  what PutRolePolicy writes. */
  readonly executionRoles: string;
  /** The service principals of Step Functions, where the partition is not known yet. */
  readonly stepFunctions?: readonly string[];
  /** Customer keys that encrypt state machines there. */
  readonly stateMachineKeyArns?: readonly string[];
}

interface TargetAccount extends Account {
  readonly clusterId: string;
  /** Path below which target roles lie; begins and ends with `/`. */
  readonly rolePathPrefix: string;
  /** Put on every role; the operator can neither drop nor change it. */
  readonly boundaryArn?: string;
  /** Managed policies that links may attach; none unless named. */
  readonly managedPolicyArns: readonly string[];
}

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
  return policy([
    // Versions and aliases too, which AWS names by either ARN.
    allow(
      'ReadStateMachines',
      ['states:DescribeStateMachine', 'states:DescribeStateMachineAlias'],
      [machines, `${machines}:*`],
    ),
    allow('ListAndEditStateMachines', STATE_MACHINE_ACTIONS, machines),
    allow('ReadWhatStillRuns', ['states:DescribeStateMachineForExecution'], executions),
    // Events tell which executions failed, their histories whether a Task was denied; a child of a distributed Map has
    // the Map's label in its ARN.
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

export function targetPolicy(account: TargetAccount): PolicyDocument {
  const { partition, accountId, clusterId, rolePathPrefix, boundaryArn, managedPolicyArns } = account;
  const roles = `arn:${partition}:iam::${accountId}:role${rolePathPrefix}*`;
  const bounded = boundaryArn === undefined ? {} : { 'iam:PermissionsBoundary': [boundaryArn] };
  const requested = { [`aws:RequestTag/${TAGS.clusterId}`]: [clusterId] };
  const owned = { [`aws:ResourceTag/${TAGS.clusterId}`]: [clusterId] };
  return policy([
    allow('MakeRoles', ['iam:CreateRole'], roles, { StringEquals: { ...bounded, ...requested } }),
    // Roles that are made or adopted, and those whose tags somebody took off: never one that carries a cluster ID.
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
    // IAM judges this by the profile, which tells nothing of the roles in it: those elsewhere are other people's.
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

/** For an account that links lead from and into: the statements of both sides, what they have in common once. */
export function bothPolicies(account: SourceAccount & TargetAccount): PolicyDocument {
  const source = sourcePolicy(account).statements;
  const shared = new Set(source.map(({ sid }) => sid));
  return policy([...source, ...targetPolicy(account).statements.filter(({ sid }) => !shared.has(sid))]);
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
    // All roles, which ReadAccount shows anyhow where it stands: IAM is asked by name, and of a role that does not exist it knows no
    // path, so that a narrower pattern would be told "denied" where the answer is "there is none".
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

/** Whether a queue lies in another account, which reads it; a placeholder lies nowhere. */
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

/**
 * Who may act as the operator's role: one principal, with the external ID of the AWSAccount. The session tags that EKS
 * Pod Identity hands on are allowed apart, for sts:TagSession knows no external ID and would be refused with it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
 */
export function operatorTrust(operatorArn: string, externalId: string | undefined): PolicyDocument {
  const conditions =
    externalId === undefined ? undefined : { StringEquals: { 'sts:ExternalId': [externalId] } };
  return policy([
    trust('Operator', { AWS: [operatorArn] }, ['sts:AssumeRole'], conditions),
    trust('SessionTagsOfOperator', { AWS: [operatorArn] }, ['sts:TagSession']),
  ]);
}
