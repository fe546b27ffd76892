/** AWS's refusals in their real words and wire form (query XML and JSON), as the operator's own clients read them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { ERROR_ROWS } from '../../../src/aws/error-rows.ts';
import { judge } from '../../../src/aws/error-table.ts';
import { toFailure } from '../../../src/aws/errors.ts';
import type { AwsSession } from '../../../src/aws/sessions.ts';
import { startFakeAws, type FakeAws } from './fake-aws.ts';
import { makeHarness, OPERATOR, type Harness } from './harness.ts';

const QUEUE = `https://sqs.us-east-1.amazonaws.com/${OPERATOR}/changes`;
const CALLS: Readonly<Record<string, (session: AwsSession) => Promise<unknown>>> = {
  GetRole: ({ iam }) => iam.send(new GetRoleCommand({ RoleName: 'x' })),
  AssumeRole: (session) =>
    session.sts((sts) => sts.send(new AssumeRoleCommand({ RoleArn: 'x', RoleSessionName: 'x' }))),
  DescribeStateMachine: (session) =>
    session.states('us-east-1').send(new DescribeStateMachineCommand({ stateMachineArn: 'x' })),
  ReceiveMessage: (session) => session.sqs('us-east-1').send(new ReceiveMessageCommand({ QueueUrl: QUEUE })),
};

const ROWS: readonly (readonly [
  call: string,
  code: string,
  status: number,
  words: string,
  verdict: string,
])[] = [
  ['GetRole', 'Throttling', 400, 'Rate exceeded', 'throttled Throttled'],
  ['GetRole', 'NoSuchEntity', 404, 'The role with name x cannot be found.', 'notFound NotFound'],
  ['GetRole', 'ServiceUnavailable', 503, 'Service is unable to handle request.', 'retryable Unavailable'],
  [
    'GetRole',
    'ExpiredToken',
    403,
    'The security token included in the request is expired',
    'retryable AccountNotReady',
  ],
  ['AssumeRole', 'IDPCommunicationError', 400, 'Error communicating with IDP', 'retryable Unavailable'],
  [
    'AssumeRole',
    'InvalidIdentityToken',
    400,
    'No OpenIDConnect provider found in your account for https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE',
    'retryable AccountNotReady',
  ],
  ['AssumeRole', 'IDPRejectedClaim', 403, 'The identity token has expired', 'retryable AccountNotReady'],
  [
    'AssumeRole',
    'RegionDisabledException',
    403,
    'STS is not activated in this region for account:1',
    'retryable AccountNotReady',
  ],
  ['AssumeRole', 'PackedPolicyTooLarge', 400, 'Serialized policy exceeds 100%', 'retryable AccountNotReady'],
  [
    'AssumeRole',
    'AccessDenied',
    403,
    'User: x is not authorized to perform: sts:TagSession on resource: y',
    'retryable AccountNotReady',
  ],
  [
    'DescribeStateMachine',
    'UnrecognizedClientException',
    400,
    'The security token included in the request is invalid.',
    'retryable AccountNotReady',
  ],
  ['DescribeStateMachine', 'KmsThrottlingException', 400, 'Rate exceeded', 'throttled Throttled'],
  [
    'DescribeStateMachine',
    'com.amazonaws.swf.service.v2.model#StateMachineDoesNotExist',
    400,
    'State Machine Does Not Exist',
    'notFound NotFound',
  ],
  ['DescribeStateMachine', 'ThrottlingException', 400, 'Rate exceeded', 'throttled Throttled'],
  [
    'ReceiveMessage',
    'com.amazonaws.sqs#OverLimit',
    403,
    'Too many messages are in flight',
    'throttled Throttled',
  ],
  ['ReceiveMessage', 'com.amazonaws.sqs#KmsThrottled', 400, 'Rate exceeded', 'throttled Throttled'],
  ['ReceiveMessage', 'com.amazonaws.sqs#RequestThrottled', 403, 'Rate exceeded', 'throttled Throttled'],
  [
    'ReceiveMessage',
    'com.amazonaws.sqs#KmsAccessDenied',
    400,
    'The ciphertext refers to a customer master key that does not exist',
    'terminal KeyAccessDenied',
  ],
  [
    'ReceiveMessage',
    'com.amazonaws.sqs#QueueDoesNotExist',
    400,
    'The specified queue does not exist.',
    'notFound NotFound',
  ],
];

describe('what AWS refuses', () => {
  let aws: FakeAws;
  let harness: Harness;

  beforeAll(async () => {
    aws = await startFakeAws();
    harness = makeHarness(aws.url);
  });
  afterAll(async () => {
    harness.close();
    await aws.close();
  });

  it.each(ROWS)('%s: %s (%i, "%s") is %s', async (operation, code, status, message, verdict) => {
    aws.answer = () => ({ kind: 'error', status, code, message });
    const { session } = harness.account({ accountId: OPERATOR, partition: 'aws', region: 'us-east-1' });
    const error: unknown = await CALLS[operation]?.(session).catch((thrown: unknown) => thrown);
    const { kind, reason } = toFailure(error, { accountId: OPERATOR, operation, object: 'x' });
    expect(`${kind} ${reason}`).toBe(verdict);
  });

  /** These never come from AWS: the fence, the SDK's providers of credentials and its timeouts have them. */
  const ours = new Set(['Fenced', 'CredentialsProviderError', 'TimeoutError']);
  const codes = [...new Set(ERROR_ROWS.flatMap((row) => row.codes))].filter((code) => !ours.has(code));

  it.each(
    codes.flatMap((code) =>
      (['GetRole', 'DescribeStateMachine'] as const).flatMap((operation) =>
        ['', 'Exception'].map((end) => [operation, `${code}${end}`, code] as const),
      ),
    ),
  )('is read off the wire: %s, %s', async (operation, written, code) => {
    const message = 'in no words of its own';
    aws.answer = () => ({ kind: 'error', status: 400, code: written, message });
    const { session } = harness.account({ accountId: OPERATOR, partition: 'aws', region: 'us-east-1' });
    const error: unknown = await CALLS[operation]?.(session).catch((thrown: unknown) => thrown);
    const failure = toFailure(error, { accountId: OPERATOR, operation, object: 'x' });
    const { kind, reason } = judge(code, message, operation, 400);
    expect([failure.code, failure.kind, failure.reason]).toStrictEqual([code, kind, reason]);
  });
});
