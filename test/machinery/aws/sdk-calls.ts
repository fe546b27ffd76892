/** One call of each operation with as little in it as it takes, by the clients of a session: for tests of what is answered. */
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { readAccountPage } from '../../../src/aws/reads/account-details.ts';
import type { AwsSession } from '../../../src/aws/sessions/sessions.ts';
import { OPERATOR } from './harness.ts';

const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${OPERATOR}/changes`;
const RoleName = 'x';
const PolicyDocument = '{}';
const stateMachineArn = 'x';
const states = (session: AwsSession) => session.states('us-east-1');
const sqs = (session: AwsSession) => session.sqs('us-east-1');

export const SDK_CALLS = {
  AssumeRole: (session: AwsSession) =>
    session.sts((sts) => sts.send(new AssumeRoleCommand({ RoleArn: 'x', RoleSessionName: 'x' }))),
  AttachRolePolicy: ({ iam }: AwsSession) =>
    iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: 'x' })),
  CreateRole: ({ iam }: AwsSession) =>
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: PolicyDocument })),
  DeleteMessage: (session: AwsSession) =>
    sqs(session).send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'x' })),
  DeleteRole: ({ iam }: AwsSession) => iam.send(new DeleteRoleCommand({ RoleName })),
  DescribeExecution: (session: AwsSession) =>
    states(session).send(new DescribeExecutionCommand({ executionArn: 'x' })),
  DescribeStateMachine: (session: AwsSession) =>
    states(session).send(new DescribeStateMachineCommand({ stateMachineArn })),
  GetAccountAuthorizationDetails: ({ iam }: AwsSession) =>
    readAccountPage(
      iam,
      {},
      { filter: ['Role'], marker: undefined },
      { onMember: () => undefined, breathe: () => Promise.resolve() },
    ),
  GetRole: ({ iam }: AwsSession) => iam.send(new GetRoleCommand({ RoleName })),
  ListAttachedRolePolicies: ({ iam }: AwsSession) =>
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
  ListExecutions: (session: AwsSession) =>
    states(session).send(new ListExecutionsCommand({ stateMachineArn })),
  PutRolePermissionsBoundary: ({ iam }: AwsSession) =>
    iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: 'x' })),
  PutRolePolicy: ({ iam }: AwsSession) =>
    iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'x', PolicyDocument })),
  ReceiveMessage: (session: AwsSession) => sqs(session).send(new ReceiveMessageCommand({ QueueUrl })),
  TagRole: ({ iam }: AwsSession) => iam.send(new TagRoleCommand({ RoleName, Tags: [] })),
  UpdateAssumeRolePolicy: ({ iam }: AwsSession) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })),
  UpdateStateMachine: (session: AwsSession) =>
    states(session).send(new UpdateStateMachineCommand({ stateMachineArn, definition: '{}' })),
};

export type CallName = keyof typeof SDK_CALLS;
