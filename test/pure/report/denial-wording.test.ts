/** What Step Functions writes of calls that failed, in AWS's own words → whether the link's role was denied. */
import { describe, expect, it } from '@jest/globals';
import { classifyFailure, type FailedCall } from '../../../src/report/denial-wording.ts';
import { role } from '../access/fixtures.ts';

const ROLE = role('crossaccountlink/payments/checkout');
const SESSION = 'arn:aws:sts::222222222222:assumed-role/checkout/nQvZrnbkEhQbPuq';
const EXECUTION_ROLE = 'arn:aws:iam::111111111111:role/checkout-exec';
const EXECUTION_SESSION = 'arn:aws:sts::111111111111:assumed-role/checkout-exec/nQvZrnbkEhQbPuq';
const FUNCTION = 'arn:aws:lambda:us-east-1:222222222222:function:charge';

type Row = readonly [what: string, failed: Partial<FailedCall> & { readonly cause: string }, verdict: string];

function classified(failed: Partial<FailedCall>): string {
  const failure = classifyFailure(
    { error: 'States.TaskFailed', cause: '', call: 'sqs:sendMessage', submitted: false, ...failed },
    ROLE,
  );
  return failure.kind === 'denied' ? `denied ${failure.call}` : failure.kind;
}

const DENIED: readonly Row[] = [
  [
    'the role of the Task cannot be assumed',
    { cause: `The role ${EXECUTION_ROLE} is not authorized to assume the task state's role, ${ROLE.text}.` },
    'denied sts:AssumeRole',
  ],
  [
    'STS says so itself',
    {
      cause:
        `User: ${EXECUTION_SESSION} is not authorized to perform: sts:AssumeRole on resource: ${ROLE.text} with an ` +
        'explicit deny in a service control policy (Service: Sts, Status Code: 403, Request ID: 1)',
    },
    'denied sts:AssumeRole',
  ],
  [
    'a Lambda function may not be invoked',
    {
      error: 'Lambda.AWSLambdaException',
      call: 'lambda:invoke',
      cause:
        `User: ${SESSION} is not authorized to perform: lambda:InvokeFunction on resource: ${FUNCTION} because no ` +
        'identity-based policy allows the lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403; Error ' +
        'Code: AccessDeniedException; Request ID: 07cfc81d-06b7-45bc-8d4a-7f2d673a80ba; Proxy: null)',
    },
    'denied lambda:InvokeFunction',
  ],
  [
    'an organization denies it',
    {
      error: 'Sqs.SqsException',
      cause:
        `User: ${SESSION} is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:222222222222:orders ` +
        'with an explicit deny in a service control policy (Service: Sqs, Status Code: 403, Request ID: 1)',
    },
    'denied sqs:SendMessage',
  ],
  [
    'a resource control policy denies it',
    {
      error: 'SecretsManager.SecretsManagerException',
      call: 'aws-sdk:secretsmanager:getSecretValue',
      cause:
        `User: ${SESSION} is not authorized to perform: secretsmanager:GetSecretValue on resource: key with an explicit ` +
        'deny in a resource control policy (Service: SecretsManager, Status Code: 400, Request ID: 1)',
    },
    'denied secretsmanager:GetSecretValue',
  ],
  [
    'DynamoDB, by its code',
    {
      error: 'DynamoDB.AccessDeniedException',
      call: 'dynamodb:putItem',
      cause:
        `User: ${SESSION} is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:222222222222:table/orders ` +
        'because no identity-based policy allows the dynamodb:PutItem action (Service: AmazonDynamoDBv2; Status Code: ' +
        '400; Error Code: AccessDeniedException; Request ID: MA54K0UDUOCLJ96UP6; Proxy: null)',
    },
    'denied dynamodb:PutItem',
  ],
  [
    'a role may not be passed',
    {
      error: 'ECS.AccessDeniedException',
      call: 'ecs:runTask.sync',
      cause:
        `User: ${SESSION} is not authorized to perform: iam:PassRole on resource: arn:aws:iam::222222222222:role/ecsTaskExecutionRole ` +
        '(Service: AmazonECS; Status Code: 400; Error Code: AccessDeniedException; Request ID: 37158697)',
    },
    'denied iam:PassRole',
  ],
  [
    'a job may be started, but not polled',
    {
      error: 'ECS.AccessDeniedException',
      call: 'ecs:runTask.sync',
      submitted: true,
      cause: `User: ${SESSION} is not authorized to perform: ecs:DescribeTasks on resource: arn:aws:ecs:us-east-1:222222222222:task/x (Service: AmazonECS; Status Code: 400; Error Code: AccessDeniedException)`,
    },
    'denied ecs:DescribeTasks',
  ],
  [
    'S3 names nobody',
    {
      error: 'S3.S3Exception',
      call: 'aws-sdk:s3:getObject',
      cause:
        'Access Denied (Service: S3, Status Code: 403, Request ID: 25B458BA4187FD7E, Extended Request ID: TBye2b7)',
    },
    'denied aws-sdk:s3:getObject',
  ],
  [
    'S3, as it said before',
    {
      error: 'S3.AmazonS3Exception',
      call: 'aws-sdk:s3:putObject',
      cause:
        'Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 25B458BA4187FD7E)',
    },
    'denied aws-sdk:s3:putObject',
  ],
  [
    'S3 has no words for HeadObject',
    {
      error: 'S3.S3Exception',
      call: 'aws-sdk:s3:headObject',
      cause:
        'null (Service: S3, Status Code: 403, Request ID: 25B458BA4187FD7E, Extended Request ID: TBye2b7)',
    },
    'denied aws-sdk:s3:headObject',
  ],
  [
    'a key says no, in the words of the key',
    {
      error: 'KMS.AccessDeniedException',
      call: 'sns:publish',
      cause:
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are ' +
        'not allowed to access. (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: cc225d2e)',
    },
    'denied sns:publish',
  ],
  [
    'a key says no to a queue',
    {
      error: 'Sqs.KmsAccessDeniedException',
      cause: `User: ${SESSION} is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:222222222222:key/1 because no resource-based policy allows the kms:GenerateDataKey action (Service: Sqs, Status Code: 400, Request ID: 1)`,
    },
    'denied kms:GenerateDataKey',
  ],
  [
    'SQS by its resource',
    {
      error: 'SQS.AmazonSQSException',
      cause:
        'Access to the resource https://sqs.us-east-1.amazonaws.com/222222222222/orders is denied. (Service: AmazonSQS; ' +
        'Status Code: 403; Error Code: AccessDenied; Request ID: 1)',
    },
    'denied sqs:sendMessage',
  ],
  [
    'SNS by its own code',
    {
      error: 'SNS.AuthorizationErrorException',
      call: 'sns:publish',
      cause: `User: ${SESSION} is not authorized to perform: SNS:Publish on resource: arn:aws:sns:us-east-1:222222222222:orders (Service: AmazonSNS; Status Code: 403; Error Code: AuthorizationError; Request ID: 1)`,
    },
    'denied SNS:Publish',
  ],
  [
    'EC2 says it to "you"',
    {
      error: 'Ec2.Ec2Exception',
      call: 'aws-sdk:ec2:runInstances',
      cause:
        'You are not authorized to perform this operation. Encoded authorization failure message: vSiqtg (Service: Ec2, ' +
        'Status Code: 403, Request ID: 1)',
    },
    'denied aws-sdk:ec2:runInstances',
  ],
  [
    'Lake Formation withholds a table',
    {
      error: 'Glue.AccessDeniedException',
      call: 'aws-sdk:glue:getTable',
      cause:
        'Insufficient Lake Formation permission(s) on orders (Service: Glue, Status Code: 400, Request ID: 1)',
    },
    'denied aws-sdk:glue:getTable',
  ],
  [
    'API Gateway answers in JSON',
    {
      error: 'ApiGateway.403',
      call: 'apigateway:invoke',
      cause: `{"Message":"User: ${SESSION} is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********2222:a/b/GET/"}`,
    },
    'denied execute-api:Invoke',
  ],
];

const CALLEE: readonly Row[] = [
  [
    'a function was denied something itself',
    {
      error: 'ClientError',
      call: 'lambda:invoke',
      cause:
        '{"errorMessage": "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied", ' +
        '"errorType": "ClientError", "stackTrace": []}',
    },
    'reached',
  ],
  [
    'a function pretends to be AWS',
    {
      error: 'AccessDeniedException',
      call: 'lambda:invoke',
      cause: `{"errorMessage":"User: ${SESSION} is not authorized to perform: lambda:InvokeFunction","errorType":"AccessDeniedException"}`,
    },
    'reached',
  ],
  [
    'a function answers with a sentence',
    {
      error: 'Lambda.Unknown',
      call: 'lambda:invoke',
      cause: `"User: ${SESSION} is not authorized to perform: x:Y"`,
    },
    'reached',
  ],
  [
    'a function pretends so long that its answer was cut',
    {
      error: 'AccessDeniedException',
      call: 'lambda:invoke',
      cause: `{"errorMessage":"User: ${SESSION} is not authorized to perform: lambda:InvokeFunction${'x'.repeat(99)}`,
    },
    'reached',
  ],
  [
    'a nested execution was denied',
    {
      call: 'states:startExecution.sync:2',
      submitted: true,
      cause: `{"ExecutionArn":"arn","Status":"FAILED","Cause":"User: ${SESSION} is not authorized to perform: sqs:SendMessage"}`,
    },
    'reached',
  ],
  [
    'whoever holds the token says so',
    {
      error: 'AccessDeniedException',
      call: 'sqs:sendMessage.waitForTaskToken',
      submitted: true,
      cause: `User: ${SESSION} is not authorized to perform: sqs:SendMessage on resource: x`,
    },
    'reached',
  ],
  [
    'a job ended with a sentence',
    { call: 'elasticmapreduce:addStep.sync', submitted: true, cause: 'The step failed: AccessDenied in S3' },
    'reached',
  ],
  [
    'the server behind an API refuses',
    { error: 'ApiGateway.403', call: 'apigateway:invoke', cause: '{"message":"no such customer"}' },
    'reached',
  ],
];

const OTHER: readonly Row[] = [
  [
    'somebody else was denied',
    {
      error: 'Glue.AccessDeniedException',
      cause:
        'User: arn:aws:sts::222222222222:assumed-role/glue-job/GlueJobRunnerSession is not authorized to perform: s3:GetObject',
    },
    'other',
  ],
  [
    'a role of the same name in another account was denied',
    {
      cause: `User: ${SESSION.replace('222222222222', '333333333333')} is not authorized to perform: sqs:SendMessage`,
    },
    'other',
  ],
  [
    'a role whose name begins alike was denied',
    {
      cause: `User: ${SESSION.replace('/checkout/', '/checkout-2/')} is not authorized to perform: sqs:SendMessage`,
    },
    'other',
  ],
  [
    'another role cannot be assumed',
    {
      cause: `The role ${EXECUTION_ROLE} is not authorized to assume the task state's role, ${ROLE.text}-2.`,
    },
    'other',
  ],
  [
    'the execution role was denied another call',
    { cause: `User: ${EXECUTION_SESSION} is not authorized to perform: sqs:SendMessage on resource: x` },
    'other',
  ],
  ['it took too long', { error: 'States.Timeout', cause: '' }, 'other'],
  [
    'the queue does not exist',
    {
      error: 'SQS.QueueDoesNotExistException',
      cause:
        'The specified queue does not exist. (Service: AmazonSQS; Status Code: 400; Error Code: AWS.SimpleQueueService.NonExistentQueue; Request ID: 1)',
    },
    'other',
  ],
  [
    'an object is archived',
    {
      error: 'S3.InvalidObjectStateException',
      cause:
        "The operation is not valid for the object's storage class (Service: S3, Status Code: 403, Request ID: 1)",
    },
    'other',
  ],
  [
    'a clock is wrong',
    {
      error: 'S3.S3Exception',
      cause:
        'The difference between the request time and the current time is too large. (Service: S3, Status Code: 403, Request ID: 1)',
    },
    'other',
  ],
  [
    'it is throttled',
    {
      error: 'Lambda.TooManyRequestsException',
      cause: 'Rate Exceeded. (Service: AWSLambda; Status Code: 429)',
    },
    'other',
  ],
  ['nothing is said', { error: '', cause: '' }, 'other'],
];

describe.each([
  ['is a denial of the link’s role', DENIED],
  ['is the callee’s own: the call came through', CALLEE],
  ['says nothing of the access', OTHER],
])('a failure %s', (_verdict, rows) => {
  it.each(rows)('when %s', (_what, failed, verdict) => {
    expect(classified(failed)).toBe(verdict);
  });
});
