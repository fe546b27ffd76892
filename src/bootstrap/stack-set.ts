/**
 * The operator's role as a CloudFormation template that one stack set can roll out over an organizational unit: its text names
 * no account, and what differs is a parameter.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
 */
import { PARTITION_NAMES } from '../arn/partitions.ts';
import { CLUSTER_ID_PATTERN } from '../desired/names.ts';
import {
  rolloutPermissions,
  rolloutTrust,
  SWITCHES,
  type ConditionalStatement,
  type Placeholders,
  type Switch,
} from './rollout.ts';
import { POLICY_VERSION } from '../policy/document.ts';

const BOUNDARY = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${BoundaryPolicy}';

const NAMES: Placeholders = {
  partition: '${AWS::Partition}',
  accountId: '${AWS::AccountId}',
  operatorArn: '${OperatorArn}',
  externalId: '${ExternalId}',
  operatorRole: '${RoleName}',
  clusterId: '${ClusterId}',
  stateMachines: '${StateMachines}',
  stepFunctions: ['states.amazonaws.com', 'states.${AWS::URLSuffix}'],
  executionRoles: '${ExecutionRoles}',
  rolePathPrefix: '${RolePathPrefix}',
  boundaryArn: BOUNDARY,
  managedPolicyArns: '${ManagedPolicyArns}',
  stateMachineKeyArns: '${StateMachineKeyArns}',
  eventQueueArn: '${EventQueueArn}',
};

const LISTS: ReadonlySet<string> = new Set(['ManagedPolicyArns', 'StateMachineKeyArns']);
const PARTITION = `(${PARTITION_NAMES.join('|')})`;

/** The template.
 *  @param defaults of parameters, by name; the others have none or are empty */
export function stackSetTemplate(defaults: Readonly<Record<string, string>> = {}): object {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The role that crossaccountlink assumes in an account, for stacks and stack sets',
    Parameters: parameters(defaults),
    Rules: RULES,
    Conditions: CONDITIONS,
    Resources: {
      OperatorRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: { Ref: 'RoleName' },
          AssumeRolePolicyDocument: document(rolloutTrust(NAMES)),
          Policies: [{ PolicyName: 'crossaccountlink', PolicyDocument: document(rolloutPermissions(NAMES)) }],
        },
      },
    },
    Outputs: {
      RoleArn: {
        Description: 'spec.assumeRole.arn of the AWSAccount',
        Value: { 'Fn::GetAtt': ['OperatorRole', 'Arn'] },
      },
    },
  };
}

function parameters(defaults: Readonly<Record<string, string>>): object {
  const all: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    Side: {
      Type: 'String',
      AllowedValues: ['source', 'target', 'both'],
      Default: 'both',
      Description: 'Whether links lead from the account, into it, or both',
    },
    OperatorArn: {
      Type: 'String',
      AllowedPattern: `^arn:${PARTITION}:iam::\\d{12}:(role|user)/[\\w+=,.@/-]+$`,
      Description: 'Role or user that the operator runs as',
    },
    ExternalId: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^([\\w+=,.@:/-]{2,1224})?$',
      Description: 'As in the AWSAccount: spec.assumeRole.externalID; may be empty',
    },
    RoleName: {
      Type: 'String',
      Default: 'crossaccountlink-operator',
      AllowedPattern: '^[\\w+=,.@-]{1,64}$',
      Description: 'Name of the role',
    },
    ClusterId: {
      Type: 'String',
      Default: '',
      AllowedPattern: `^(${CLUSTER_ID_PATTERN.source.slice(1, -1)})?$`,
      Description: "The operator's cluster ID; marks the roles that are its own (target)",
    },
    StateMachines: {
      Type: 'String',
      Default: '*',
      AllowedPattern: '^[\\w+=.@*?-]{1,80}$',
      Description: 'Names of the state machines that may be linked (source)',
    },
    ExecutionRoles: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^([\\w+=,.@*?-][\\w+=,.@/*?-]*)?$',
      Description:
        'Execution roles with their path, for example payments/* (source); the whole protection there',
    },
    RolePathPrefix: {
      Type: 'String',
      Default: '/crossaccountlink/',
      AllowedPattern: '^/([\\w+=,.@-]+/)*$',
      Description: 'Path below which target roles lie (target)',
    },
    BoundaryPolicy: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^([\\w+=,.@-]+(/[\\w+=,.@-]+)*)?$',
      Description:
        'Name, with its path, of a policy in each account that bounds every role made (target); may be empty',
    },
    ManagedPolicyArns: {
      Type: 'CommaDelimitedList',
      Default: '',
      Description: 'Managed policies that links may attach (target); may be empty',
    },
    StateMachineKeyArns: {
      Type: 'CommaDelimitedList',
      Default: '',
      Description: 'Customer keys that encrypt state machines (source); may be empty',
    },
    EventQueueArn: {
      Type: 'String',
      Default: '',
      AllowedPattern: `^(arn:${PARTITION}:sqs:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]{1,80})?$`,
      Description: "Queue that the account's events arrive in, output QueueArn of central.yaml; may be empty",
    },
    RoleReads: {
      Type: 'String',
      AllowedValues: ['Account', 'PerRole'],
      Default: 'Account',
      Description:
        'As in the AWSAccount: spec.roleReads. PerRole does without iam:GetAccountAuthorizationDetails',
    },
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, parameter]) => {
      const given = defaults[name];
      return [name, given === undefined ? parameter : { ...parameter, Default: given }];
    }),
  );
}

const RULES = {
  SourceNamesExecutionRoles: {
    RuleCondition: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Side' }, 'target'] }] },
    Assertions: [
      {
        Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ExecutionRoles' }, ''] }] },
        AssertDescription:
          'ExecutionRoles is needed where links lead from: it limits whose policies may be written',
      },
    ],
  },
  TargetNamesCluster: {
    RuleCondition: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Side' }, 'source'] }] },
    Assertions: [
      {
        Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ClusterId' }, ''] }] },
        AssertDescription:
          "ClusterId is needed where links lead into: it marks the roles that are the operator's",
      },
    ],
  },
};

const isEmpty = (value: unknown) => ({ 'Fn::Equals': [value, ''] });
const isGiven = (name: string) => ({
  'Fn::Not': [isEmpty(LISTS.has(name) ? { 'Fn::Join': ['', { Ref: name }] } : { Ref: name })],
});

const CONDITIONS: Readonly<Record<Switch, object>> = {
  Source: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Side' }, 'target'] }] },
  Target: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Side' }, 'source'] }] },
  ExternalId: isGiven('ExternalId'),
  Boundary: isGiven('BoundaryPolicy'),
  ManagedPolicies: isGiven('ManagedPolicyArns'),
  StateMachineKeys: isGiven('StateMachineKeyArns'),
  EventQueue: isGiven('EventQueueArn'),
  AccountDetails: { 'Fn::Equals': [{ Ref: 'RoleReads' }, 'Account'] },
};

function document(rows: readonly ConditionalStatement[]): object {
  const statements = rows.map(({ on, off, statement }) => {
    const without = { Ref: 'AWS::NoValue' };
    const first = off.reduce<unknown>(
      (inner, name) => ({ 'Fn::If': [name, without, inner] }),
      filledIn(statement),
    );
    return SWITCHES.filter((name) => on.includes(name)).reduce<unknown>(
      (inner, name) => ({ 'Fn::If': [name, inner, without] }),
      first,
    );
  });
  return { Version: POLICY_VERSION, Statement: statements };
}

/** Replaces placeholders by references; a list with one placeholder for a list becomes that list. */
function filledIn(value: unknown): unknown {
  if (typeof value === 'string') {
    const name = /^\$\{([\w:]+)\}$/.exec(value)?.[1];
    if (name !== undefined) return { Ref: name };
    return value.includes('${') ? { 'Fn::Sub': value } : value;
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const name = /^\$\{(\w+)\}$/.exec(String(items[0]))?.[1] ?? '';
    return items.length === 1 && LISTS.has(name) ? { Ref: name } : items.map(filledIn);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filledIn(inner)]));
}
