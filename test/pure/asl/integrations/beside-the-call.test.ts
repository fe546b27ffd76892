/** What a call needs beside the action of its own name, and names that are no identifiers. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, it, expect } from '@jest/globals';
import { assertAllows, deriveOne, openDecisions } from '../machines.ts';
import type { Allowed } from '../machines.ts';

const HERE = 'us-east-1:222222222222';
const TAGS = [{ Key: 'team', Value: 'a' }];
const KEY = `arn:aws:kms:${HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const WRITES = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
];

describe('an SDK call needs, beside its own action', () => {
  const calls: [string, string, JsonObject, Allowed[]][] = [
    [
      'to read and write the table it restores from a backup',
      'dynamodb:restoreTableFromBackup',
      { BackupArn: `arn:aws:dynamodb:${HERE}:table/old/backup/01`, TargetTableName: 'new' },
      [
        {
          Action: 'dynamodb:RestoreTableFromBackup',
          Resource: [`arn:aws:dynamodb:${HERE}:table/old/backup/01`, `arn:aws:dynamodb:${HERE}:table/new`],
        },
        { Action: WRITES, Resource: `arn:aws:dynamodb:${HERE}:table/new` },
      ],
    ],
    [
      'to read and write the table it restores to a point in time',
      'dynamodb:restoreTableToPointInTime',
      { SourceTableName: 'old', TargetTableName: 'new' },
      [
        {
          Action: 'dynamodb:RestoreTableToPointInTime',
          Resource: [`arn:aws:dynamodb:${HERE}:table/old`, `arn:aws:dynamodb:${HERE}:table/new`],
        },
        { Action: WRITES, Resource: `arn:aws:dynamodb:${HERE}:table/new` },
      ],
    ],
    [
      'to invoke the function that rotates',
      'secretsmanager:rotateSecret',
      { SecretId: 'db', RotationLambdaARN: `arn:aws:lambda:${HERE}:function:rotate` },
      [
        {
          Action: 'secretsmanager:RotateSecret',
          Resource: `arn:aws:secretsmanager:${HERE}:secret:db-??????`,
        },
        { Action: 'lambda:InvokeFunction', Resource: `arn:aws:lambda:${HERE}:function:rotate` },
      ],
    ],
    [
      'to tag a topic that it creates with tags',
      'sns:createTopic',
      { Name: 'alerts', Tags: TAGS },
      [{ Action: ['sns:CreateTopic', 'sns:TagResource'], Resource: `arn:aws:sns:${HERE}:alerts` }],
    ],
    [
      'to tag a secret that it creates with tags',
      'secretsmanager:createSecret',
      { Name: 'db', Tags: TAGS },
      [
        {
          Action: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
          Resource: `arn:aws:secretsmanager:${HERE}:secret:db-??????`,
        },
      ],
    ],
    [
      'to tag a database snapshot, whose name is kept in lower case',
      'rds:createDBSnapshot',
      { DbInstanceIdentifier: 'orders', DbSnapshotIdentifier: 'Nightly', Tags: TAGS },
      [
        {
          Action: 'rds:CreateDBSnapshot',
          Resource: [`arn:aws:rds:${HERE}:db:orders`, `arn:aws:rds:${HERE}:snapshot:nightly`],
        },
        { Action: 'rds:AddTagsToResource', Resource: `arn:aws:rds:${HERE}:snapshot:nightly` },
      ],
    ],
    [
      'to tag a role that it creates with tags',
      'iam:createRole',
      { RoleName: 'r', Path: '/team/', AssumeRolePolicyDocument: '{}', Tags: TAGS },
      [{ Action: ['iam:CreateRole', 'iam:TagRole'], Resource: 'arn:aws:iam::222222222222:role/team/r' }],
    ],
    [
      'to tag a rule on its bus',
      'eventbridge:putRule',
      { Name: 'r', EventBusName: 'orders', Tags: TAGS },
      [
        {
          Action: ['events:PutRule', 'events:TagResource'],
          Resource: `arn:aws:events:${HERE}:rule/orders/r`,
        },
      ],
    ],
    [
      'to tag a task definition',
      'ecs:registerTaskDefinition',
      { Family: 'f', ContainerDefinitions: [], Tags: TAGS },
      [
        {
          Action: ['ecs:RegisterTaskDefinition', 'ecs:TagResource'],
          Resource: `arn:aws:ecs:${HERE}:task-definition/f:*`,
        },
      ],
    ],
    [
      'the key that an object is encrypted with',
      's3:putObject',
      { Bucket: 'b', Key: 'k', SSEKMSKeyId: KEY },
      [
        { Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/k' },
        { Action: 'kms:GenerateDataKey', Resource: KEY },
      ],
    ],
    [
      'the key that a parameter is encrypted with',
      'ssm:putParameter',
      { Name: '/db/password', Type: 'SecureString', KeyId: KEY, Value: 'x' },
      [
        { Action: 'ssm:PutParameter', Resource: `arn:aws:ssm:${HERE}:parameter/db/password` },
        { Action: ['kms:Encrypt', 'kms:GenerateDataKey'], Resource: KEY },
      ],
    ],
    [
      'nothing for tags that it does not give',
      'sns:createTopic',
      { Name: 'alerts' },
      [{ Action: 'sns:CreateTopic', Resource: `arn:aws:sns:${HERE}:alerts` }],
    ],
  ];
  for (const [what, service, parameters, expected] of calls)
    it(what, () => assertAllows(deriveOne(`aws-sdk:${service}`, parameters), expected));

  it('a key by its alias is granted nothing and spoken of', () => {
    const derivation = deriveOne('aws-sdk:ssm:putParameter', { Name: 'a', KeyId: 'alias/app', Value: 'x' });
    assertAllows(derivation, [{ Action: 'ssm:PutParameter', Resource: `arn:aws:ssm:${HERE}:parameter/a` }]);
    expect(derivation.diagnostics.map(({ reason, blocking }) => [reason, blocking])).toStrictEqual([
      ['KeyPermissionUnknown', false],
    ]);
  });

  it('the one object whose legal hold it reads', () => {
    assertAllows(deriveOne('aws-sdk:s3:getObjectLegalHold', { Bucket: 'b', Key: 'k' }), [
      { Action: 's3:GetObjectLegalHold', Resource: 'arn:aws:s3:::b/k' },
    ]);
  });

  it('a QuickSight user in its namespace', () => {
    const parameters = { AwsAccountId: '222222222222', Namespace: 'team', UserName: 'alice' };
    assertAllows(deriveOne('aws-sdk:quicksight:describeUser', parameters), [
      { Action: 'quicksight:DescribeUser', Resource: `arn:aws:quicksight:${HERE}:user/team/alice` },
    ]);
  });

  it('the alias that provisioned concurrency is for', () => {
    const parameters = { FunctionName: 'pay', Qualifier: 'live', ProvisionedConcurrentExecutions: 3 };
    assertAllows(deriveOne('aws-sdk:lambda:putProvisionedConcurrencyConfig', parameters), [
      {
        Action: 'lambda:PutProvisionedConcurrencyConfig',
        Resource: `arn:aws:lambda:${HERE}:function:pay:live`,
      },
    ]);
  });
});

describe('a template in S3 is read by whichever address it has', () => {
  for (const host of [
    's3.amazonaws.com/tpl',
    's3.us-east-1.amazonaws.com/tpl',
    's3-us-west-2.amazonaws.com/tpl',
    's3.dualstack.us-east-1.amazonaws.com/tpl',
    'tpl.s3.amazonaws.com',
    'tpl.s3.us-east-1.amazonaws.com',
    'tpl.s3.dualstack.us-east-1.amazonaws.com',
  ])
    it(host, () => {
      const parameters = { StackName: 'st', TemplateURL: `https://${host}/x.yaml` };
      assertAllows(deriveOne('aws-sdk:cloudformation:createStack', parameters), [
        { Action: 'cloudformation:CreateStack', Resource: `arn:aws:cloudformation:${HERE}:stack/st/*` },
        { Action: 's3:GetObject', Resource: 'arn:aws:s3:::tpl/x.yaml' },
      ]);
    });
});

describe('a name is not put where the ARN holds an identifier that AWS makes', () => {
  const asked: [string, JsonObject][] = [
    ['config:deleteConfigRule', { ConfigRuleName: 'encrypted' }],
    ['rds:deleteDBProxy', { DBProxyName: 'proxy' }],
    ['redshiftserverless:getWorkgroup', { WorkgroupName: 'wg' }],
    ['servicediscovery:discoverInstances', { NamespaceName: 'prod', ServiceName: 'web' }],
  ];
  for (const [call, parameters] of asked)
    it(`${call} asks for it`, () => {
      const derivation = deriveOne(`aws-sdk:${call}`, parameters);
      assertAllows(derivation, []);
      expect(openDecisions(derivation)).toHaveLength(Object.keys(parameters).length);
    });

  it('but a call that makes the thing may make any', () => {
    const parameters = { GroupName: 'web', Description: 'x', VpcId: 'vpc-1' };
    assertAllows(deriveOne('aws-sdk:ec2:createSecurityGroup', parameters), [
      {
        Action: 'ec2:CreateSecurityGroup',
        Resource: [`arn:aws:ec2:${HERE}:security-group/*`, `arn:aws:ec2:${HERE}:vpc/vpc-1`],
      },
    ]);
  });
});
