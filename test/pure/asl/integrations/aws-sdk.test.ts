import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, here, openDecisions, passed, ROLE } from '../machines.ts';
import type { Allowed } from '../machines.ts';

const OBJECT = 'arn:aws:s3:::photos/a.jpg';
const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/222222222222/orders';

/** Operation, its parameters and what its page in the API reference or the Service Authorization Reference asks for. */
const ROWS: readonly [string, JsonObject, readonly Allowed[]][] = [
  // The action is called as the operation.
  [
    'dynamodb:query',
    { TableName: 'orders' },
    [{ Action: 'dynamodb:Query', Resource: here('dynamodb', 'table/orders') }],
  ],
  [
    'dynamodb:query',
    { TableName: 'orders', IndexName: 'by-day' },
    [
      {
        Action: 'dynamodb:Query',
        Resource: here('dynamodb', 'table/orders/index/by-day'),
      },
    ],
  ],
  ['comprehend:detectSentiment', { Text: 'x' }, [{ Action: 'comprehend:DetectSentiment', Resource: '*' }]],
  [
    'glue:startCrawler',
    { Name: 'nightly' },
    [{ Action: 'glue:StartCrawler', Resource: here('glue', 'crawler/nightly') }],
  ],
  [
    'ec2:stopInstances',
    { InstanceIds: ['i-1', 'i-2'] },
    [{ Action: 'ec2:StopInstances', Resource: [here('ec2', 'instance/i-1'), here('ec2', 'instance/i-2')] }],
  ],
  [
    'sfn:stopExecution',
    { ExecutionArn: here('states', 'execution:child:1') },
    [{ Action: 'states:StopExecution', Resource: here('states', 'execution:child:1') }],
  ],
  ['sfn:sendTaskSuccess', { 'TaskToken.$': '$.t' }, [{ Action: 'states:SendTaskSuccess', Resource: '*' }]],
  [
    'rds:deleteOptionGroup',
    { OptionGroupName: 'Main' },
    [{ Action: 'rds:DeleteOptionGroup', Resource: here('rds', 'og:main') }],
  ],

  // Lambda, SQS, SNS, EventBridge, Step Functions.
  [
    'lambda:invoke',
    { FunctionName: 'f', Qualifier: 'live' },
    [{ Action: 'lambda:InvokeFunction', Resource: here('lambda', 'function:f:live') }],
  ],
  [
    'sqs:sendMessageBatch',
    { QueueUrl: QUEUE_URL },
    [{ Action: 'sqs:SendMessage', Resource: here('sqs', 'orders') }],
  ],
  [
    'sqs:deleteMessage',
    { QueueUrl: QUEUE_URL },
    [{ Action: 'sqs:DeleteMessage', Resource: here('sqs', 'orders') }],
  ],
  [
    'sns:publishBatch',
    { TopicArn: here('sns', 't') },
    [{ Action: 'sns:Publish', Resource: here('sns', 't') }],
  ],
  [
    'eventbridge:putEvents',
    { Entries: [{}] },
    [{ Action: 'events:PutEvents', Resource: here('events', 'event-bus/default') }],
  ],
  ['eventbridge:putRule', { Name: 'r' }, [{ Action: 'events:PutRule', Resource: here('events', 'rule/r') }]],
  [
    'eventbridge:deleteRule',
    { Name: 'r', EventBusName: 'b' },
    [{ Action: 'events:DeleteRule', Resource: here('events', 'rule/b/r') }],
  ],
  [
    'sfn:listExecutions',
    { StateMachineArn: here('states', 'stateMachine:m') },
    [{ Action: 'states:ListExecutions', Resource: here('states', 'stateMachine:m') }],
  ],

  // S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
  ['s3:getObject', { Bucket: 'photos', Key: 'a.jpg' }, [{ Action: 's3:GetObject', Resource: OBJECT }]],
  [
    's3:getObject',
    { Bucket: 'photos', Key: 'a.jpg', VersionId: '1' },
    [{ Action: 's3:GetObjectVersion', Resource: OBJECT }],
  ],
  ['s3:headObject', { Bucket: 'photos', Key: 'a.jpg' }, [{ Action: 's3:GetObject', Resource: OBJECT }]],
  [
    's3:putObject',
    { Bucket: 'photos', Key: 'a.jpg', Tagging: 'a=b', ACL: 'private' },
    [{ Action: ['s3:PutObject', 's3:PutObjectTagging', 's3:PutObjectAcl'], Resource: OBJECT }],
  ],
  [
    's3:putObject',
    { Bucket: 'photos', Key: 'a/*' },
    [{ Action: 's3:PutObject', Resource: 'arn:aws:s3:::photos/a/${*}' }],
  ],
  [
    's3:getObject',
    { Bucket: here('s3', 'accesspoint/ap'), Key: 'a.jpg' },
    [{ Action: 's3:GetObject', Resource: here('s3', 'accesspoint/ap/object/a.jpg') }],
  ],
  [
    's3:copyObject',
    { CopySource: '/raw/in%20box/a.jpg', Bucket: 'photos', Key: 'a.jpg' },
    [
      { Action: ['s3:GetObject', 's3:GetObjectTagging'], Resource: 'arn:aws:s3:::raw/in box/a.jpg' },
      { Action: ['s3:PutObject', 's3:PutObjectTagging'], Resource: OBJECT },
    ],
  ],
  [
    's3:deleteObjects',
    { Bucket: 'photos', Delete: { Objects: [{ Key: 'a.jpg' }, { Key: 'b.jpg' }] } },
    [{ Action: 's3:DeleteObject', Resource: [OBJECT, 'arn:aws:s3:::photos/b.jpg'] }],
  ],
  ['s3:listObjectsV2', { Bucket: 'photos' }, [{ Action: 's3:ListBucket', Resource: 'arn:aws:s3:::photos' }]],
  ['s3:headBucket', { Bucket: 'photos' }, [{ Action: 's3:ListBucket', Resource: 'arn:aws:s3:::photos' }]],
  ['s3:listBuckets', {}, [{ Action: 's3:ListAllMyBuckets', Resource: '*' }]],
  ['s3:uploadPart', { Bucket: 'photos', Key: 'a.jpg' }, [{ Action: 's3:PutObject', Resource: OBJECT }]],
  [
    's3:putBucketReplication',
    { Bucket: 'photos', ReplicationConfiguration: { Role: ROLE } },
    [
      { Action: 's3:PutReplicationConfiguration', Resource: 'arn:aws:s3:::photos' },
      passed('s3.amazonaws.com'),
    ],
  ],

  // DynamoDB batches, transactions and PartiQL.
  [
    'dynamodb:batchWriteItem',
    { RequestItems: { orders: [], 'items.$': '$.items' } },
    [
      {
        Action: 'dynamodb:BatchWriteItem',
        Resource: [here('dynamodb', 'table/orders'), here('dynamodb', 'table/items')],
      },
    ],
  ],
  [
    'dynamodb:transactWriteItems',
    { TransactItems: [{ Put: { TableName: 'orders' } }, { ConditionCheck: { TableName: 'stock' } }] },
    [
      { Action: 'dynamodb:PutItem', Resource: here('dynamodb', 'table/orders') },
      { Action: 'dynamodb:ConditionCheckItem', Resource: here('dynamodb', 'table/stock') },
    ],
  ],
  [
    'dynamodb:executeStatement',
    { Statement: 'SELECT * FROM "orders"."by-day" WHERE id = ?' },
    [{ Action: 'dynamodb:PartiQLSelect', Resource: here('dynamodb', 'table/orders/index/by-day') }],
  ],
  [
    'dynamodb:batchExecuteStatement',
    {
      Statements: [
        { Statement: "INSERT INTO orders value {'id': 1}" },
        { Statement: 'DELETE FROM "items" WHERE id = 1' },
      ],
    },
    [
      { Action: 'dynamodb:PartiQLInsert', Resource: here('dynamodb', 'table/orders') },
      { Action: 'dynamodb:PartiQLDelete', Resource: here('dynamodb', 'table/items') },
    ],
  ],

  // ARNs that are not made of the name alone.
  [
    'secretsmanager:getSecretValue',
    { SecretId: 'db' },
    [{ Action: 'secretsmanager:GetSecretValue', Resource: here('secretsmanager', 'secret:db-??????') }],
  ],
  [
    'ssm:getParameter',
    { Name: '/app/db' },
    [{ Action: 'ssm:GetParameter', Resource: here('ssm', 'parameter/app/db') }],
  ],
  [
    'ssm:getParameters',
    { Names: ['a', '/b'] },
    [{ Action: 'ssm:GetParameters', Resource: [here('ssm', 'parameter/a'), here('ssm', 'parameter/b')] }],
  ],
  [
    'cloudwatchlogs:filterLogEvents',
    { LogGroupName: '/aws/x' },
    [{ Action: 'logs:FilterLogEvents', Resource: here('logs', 'log-group:/aws/x:*') }],
  ],
  [
    'cloudwatchlogs:tagResource',
    { ResourceArn: here('logs', 'log-group:/aws/x') },
    [{ Action: 'logs:TagResource', Resource: here('logs', 'log-group:/aws/x') }],
  ],
  [
    'cloudformation:deleteStack',
    { StackName: 'web' },
    [{ Action: 'cloudformation:DeleteStack', Resource: here('cloudformation', 'stack/web/*') }],
  ],
  [
    'apigateway:getRestApi',
    { RestApiId: 'a1' },
    [{ Action: 'apigateway:GET', Resource: 'arn:aws:apigateway:us-east-1::/restapis/a1' }],
  ],
  [
    'apigatewayv2:createRoute',
    { ApiId: 'a1' },
    [{ Action: 'apigateway:POST', Resource: 'arn:aws:apigateway:us-east-1::/apis/a1/routes' }],
  ],
  [
    'budgets:describeBudget',
    { BudgetName: 'b' },
    [{ Action: 'budgets:ViewBudget', Resource: 'arn:aws:budgets::222222222222:budget/b' }],
  ],

  // S3 inputs that are read with the caller's rights.
  [
    'rekognition:detectLabels',
    { Image: { S3Object: { Bucket: 'photos', Name: 'a.jpg' } } },
    [
      { Action: 'rekognition:DetectLabels', Resource: '*' },
      { Action: 's3:GetObject', Resource: OBJECT },
    ],
  ],
  [
    'textract:analyzeExpense',
    { Document: { S3Object: { Bucket: 'photos', Name: 'a.jpg' } } },
    [
      { Action: 'textract:AnalyzeExpense', Resource: '*' },
      { Action: 's3:GetObject', Resource: OBJECT },
    ],
  ],

  // Models.
  [
    'bedrockruntime:converse',
    { ModelId: 'amazon.nova-lite-v1:0' },
    [
      {
        Action: 'bedrock:InvokeModel',
        Resource: 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
      },
    ],
  ],

  // Roles that are handed to a service.
  [
    'scheduler:createSchedule',
    { Name: 'nightly', GroupName: 'default', Target: { Arn: 'x', RoleArn: ROLE } },
    [
      { Action: 'scheduler:CreateSchedule', Resource: here('scheduler', 'schedule/default/nightly') },
      passed('scheduler.amazonaws.com'),
    ],
  ],
  [
    'eventbridge:putTargets',
    { Rule: 'r', Targets: [{ Id: '1', RoleArn: ROLE }, { Id: '2' }] },
    [{ Action: 'events:PutTargets', Resource: here('events', 'rule/r') }, passed('events.amazonaws.com')],
  ],
  [
    'lambda:createFunction',
    { FunctionName: 'f', Role: ROLE },
    [
      { Action: 'lambda:CreateFunction', Resource: here('lambda', 'function:f') },
      passed('lambda.amazonaws.com'),
    ],
  ],
];

describe('aws-sdk', () => {
  for (const [operation, parameters, expected] of ROWS) {
    it(`${operation} ${JSON.stringify(parameters)}`, () => {
      const derivation = deriveOne(`aws-sdk:${operation}`, parameters);
      assertAllows(derivation, expected);
      expect(openDecisions(derivation)).toStrictEqual([]);
    });
  }

  const open: [string, JsonObject, string][] = [
    [
      'kms:decrypt',
      { KeyId: 'alias/main' },
      'Task "Call" needs kms:Decrypt, but KeyId names an alias, and IAM is asked about the key behind it (a statement for …:key/* may bind it to the alias by the condition key kms:RequestAlias)',
    ],
    [
      's3:getObject',
      { Bucket: 'photos', 'Key.$': '$.key' },
      'Task "Call" needs s3:GetObject, but Key is known only at run time ($.key)',
    ],
    [
      's3:getObject',
      { 'Bucket.$': "States.Format('photos-{}', $.env)", 'Key.$': '$.key' },
      'Task "Call" needs s3:GetObject, but Key is known only at run time ($.key)',
    ],
    [
      'glue:getTable',
      { DatabaseName: 'sales' },
      'Task "Call" needs glue:GetTable, but its resource (arn:…:glue:…:…:table/…/…) does not follow from the parameters',
    ],
    [
      'scheduler:createSchedule',
      { Name: 'n', GroupName: 'g', Target: { 'RoleArn.$': '$.role' } },
      'Task "Call" needs iam:PassRole, but Target.RoleArn is known only at run time ($.role)',
    ],
    [
      'rds:startExportTask',
      { ExportTaskIdentifier: 'e', 'SourceArn.$': '$.snapshot', S3BucketName: 'b' },
      'Task "Call" needs rds:StartExportTask, but SourceArn is known only at run time ($.snapshot)',
    ],
    [
      'iam:getContextKeysForPrincipalPolicy',
      { 'PolicySourceArn.$': '$.who' },
      'Task "Call" needs iam:GetContextKeysForPrincipalPolicy, but PolicySourceArn is known only at run time ($.who)',
    ],
    [
      'dynamodb:executeStatement',
      { Statement: 'DROP everything' },
      'Task "Call" needs dynamodb:PartiQL*, but Statement "DROP everything" does not name one',
    ],
  ];
  for (const [operation, parameters, expected] of open) {
    it(`${operation} ${JSON.stringify(parameters)} is left open`, () => {
      expect(openDecisions(deriveOne(`aws-sdk:${operation}`, parameters))).toContain(expected);
    });
  }
});
