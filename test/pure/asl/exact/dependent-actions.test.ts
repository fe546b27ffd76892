/** What AWS's reference lists beside a call's own action, and things that are held by what the call names by its ARN. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { dependentActions } from '../../../../src/asl/integrations/dependent-actions.ts';
import { findIamAction } from '../../../../src/asl/integrations/iam-data.ts';
import { isJsonObject } from '../../../../src/base/json.ts';
import { deriveOne } from '../machines.ts';
import { needExactly } from './whole-policy.ts';

const TAGS = { Tags: [{ Key: 'team', Value: 'payments' }] };
const CLUSTER = 'arn:aws:ecs:us-east-1:222222222222:cluster/web';
const CHILD = 'arn:aws:states:us-east-1:222222222222:stateMachine:child';
const STREAM = 'arn:aws:kinesis:us-east-1:222222222222:stream/clicks';

needExactly('what only some calls ask for', [
  [
    'aws-sdk:rds:deleteDBInstance',
    { DbInstanceIdentifier: 'orders', SkipFinalSnapshot: true },
    ['rds:DeleteDBInstance rds:@:db:orders'],
  ],
  [
    'aws-sdk:rds:deleteDBInstance',
    { DbInstanceIdentifier: 'orders', FinalDbSnapshotIdentifier: 'last' },
    ['rds:DeleteDBInstance rds:@:db:orders'],
    ['CallerPermissionsNeeded'],
  ],
  ['aws-sdk:s3:deleteBucketReplication', { Bucket: 'b' }, ['s3:PutReplicationConfiguration s3:::b']],
]);

needExactly('tags of what a call makes', [
  [
    'aws-sdk:sagemaker:createAlgorithm',
    { AlgorithmName: 'a', TrainingSpecification: {}, ...TAGS },
    ['sagemaker:CreateAlgorithm sagemaker:@:algorithm/a', 'sagemaker:AddTags sagemaker:@:algorithm/a'],
  ],
  [
    'aws-sdk:gamelift:createBuild',
    { Name: 'b', ...TAGS },
    ['gamelift:CreateBuild *', 'gamelift:TagResource gamelift:@:build/*'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:fsx:createBackup',
    { FileSystemId: 'fs-0123456789abcdef0', ...TAGS },
    [
      'fsx:CreateBackup fsx:@:backup/*',
      'fsx:CreateBackup fsx:@:file-system/fs-0123456789abcdef0',
      'fsx:TagResource fsx:@:backup/*',
    ],
  ],
  ['aws-sdk:gamelift:createAlias', { Name: 'a' }, ['gamelift:CreateAlias *']],
  [
    'aws-sdk:organizations:createAccount',
    { AccountName: 'a', Email: 'a@example.com', ...TAGS },
    ['organizations:CreateAccount *', 'organizations:TagResource organizations:~:account/o-*/*'],
  ],
  [
    'aws-sdk:kinesis:registerStreamConsumer',
    { StreamARN: STREAM, ConsumerName: 'c', Tags: { team: 'payments' } },
    [
      'kinesis:RegisterStreamConsumer kinesis:@:stream/clicks',
      'kinesis:TagResource kinesis:@:stream/clicks/consumer/*',
    ],
  ],
  [
    'aws-sdk:rekognition:createCollection',
    { CollectionId: 'faces', Tags: { team: 'payments' } },
    ['rekognition:CreateCollection *', 'rekognition:TagResource rekognition:@:collection/faces'],
  ],
]);

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags_control-requests.html
needExactly('tags of what a call makes, where the reference does not say whether the service asks for them', [
  [
    'aws-sdk:scheduler:createScheduleGroup',
    { Name: 'g', ...TAGS },
    ['scheduler:CreateScheduleGroup scheduler:@:schedule-group/g'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:opensearch:createDomain',
    { DomainName: 'd', TagList: TAGS.Tags },
    ['es:CreateDomain es:@:domain/d'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:networkfirewall:createRuleGroup',
    { RuleGroupName: 'r', Type: 'STATEFUL', Capacity: 1, ...TAGS },
    ['network-firewall:CreateRuleGroup network-firewall:@:stateful-rulegroup/r'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:scheduler:createScheduleGroup',
    { Name: 'g' },
    ['scheduler:CreateScheduleGroup scheduler:@:schedule-group/g'],
  ],
]);

it.each([
  // Its TagResource is for ACME's resources alone.
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html
  ['acm:requestCertificate', { DomainName: 'x', ...TAGS }, 'acm:AddTagsToCertificate'],
  ['scheduler:createScheduleGroup', { Name: 'g', ...TAGS }, 'scheduler:TagResource'],
])('%s with tags says which action the service may ask for', (call, parameters, action) => {
  const messages = deriveOne(`aws-sdk:${call}`, parameters).diagnostics.map(({ message }) => message);
  expect(messages).toStrictEqual([expect.stringContaining(`ask the target role for ${action}: add`)]);
});

needExactly('what else the service may ask for', [
  [
    'aws-sdk:glue:getTableOptimizer',
    { CatalogId: '222222222222', DatabaseName: 'd', TableName: 't', Type: 'compaction' },
    [
      'glue:GetTableOptimizer glue:@:catalog',
      'glue:GetTableOptimizer glue:@:database/d',
      'glue:GetTableOptimizer glue:@:table/d/t',
    ],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:accessanalyzer:createAnalyzer',
    { AnalyzerName: 'a', Type: 'ACCOUNT' },
    ['access-analyzer:CreateAnalyzer access-analyzer:@:analyzer/a'],
    ['ServiceLinkedRoleNeeded'],
  ],
  ['aws-sdk:kms:createKey', { MultiRegion: true }, ['kms:CreateKey *'], ['ServiceLinkedRoleNeeded']],
  ['aws-sdk:kms:createKey', { Policy: '{}' }, ['kms:CreateKey *'], ['CallerPermissionsNeeded']],
  [
    'aws-sdk:sfn:updateStateMachine',
    { StateMachineArn: CHILD, Publish: true },
    [
      'states:UpdateStateMachine states:@:stateMachine:child',
      'states:PublishStateMachineVersion states:@:stateMachine:child',
    ],
  ],
]);

needExactly('calls that are about all things where they name none', [
  [
    'aws-sdk:cloudformation:describeStacks',
    {},
    ['cloudformation:DescribeStacks cloudformation:@:stack/*/*'],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:glue:getConnections',
    {},
    ['glue:GetConnections glue:@:catalog', 'glue:GetConnections glue:@:connection/*'],
  ],
  [
    'aws-sdk:ssm:getDefaultPatchBaseline',
    { OperatingSystem: 'UBUNTU' },
    ['ssm:GetDefaultPatchBaseline ssm:@:patchbaseline/*'],
  ],
]);

describe('an operation that begins with a capital letter, which Step Functions does not know', () => {
  it.each([
    ['s3:GetObject', 's3:getObject'],
    ['ecs:RunTask', 'ecs:runTask'],
    ['rds:DescribeDBClusters', 'rds:describeDBClusters'],
    ['secretsmanager:GetSecretValue', 'secretsmanager:getSecretValue'],
    ['dynamodb:PutItem.waitForTaskToken', 'dynamodb:putItem.waitForTaskToken'],
  ])('%s is refused, and %s named instead', (written, meant) => {
    const { statements, diagnostics } = deriveOne(`aws-sdk:${written}`, {
      Bucket: 'b',
      Key: 'k',
      TableName: 't',
    });
    expect(statements).toStrictEqual([]);
    expect(diagnostics.map(({ reason }) => reason)).toStrictEqual(['UnknownIntegration']);
    expect(diagnostics[0]?.message).toContain(`arn:aws:states:::aws-sdk:${meant}?`);
  });
});

needExactly('calls whose action is called otherwise', [
  [
    'aws-sdk:glue:getUnfilteredTableMetadata',
    { CatalogId: '222222222222', DatabaseName: 'd', Name: 't', SupportedPermissionTypes: [] },
    ['glue:GetTable glue:@:catalog', 'glue:GetTable glue:@:database/d', 'glue:GetTable glue:@:table/d/*'],
  ],
]);

needExactly('what is held by something that is named by its ARN', [
  [
    'aws-sdk:ecs:updateService',
    { Cluster: CLUSTER, Service: 'api' },
    ['ecs:UpdateService ecs:@:service/web/api'],
  ],
  [
    'aws-sdk:ecs:describeTasks',
    { Cluster: CLUSTER, Tasks: ['0123'] },
    ['ecs:DescribeTasks ecs:@:task/web/0123'],
  ],
  [
    'aws-sdk:ecs:listTasks',
    { Cluster: CLUSTER, ServiceName: 'api' },
    ['ecs:ListTasks ecs:@:container-instance/web/*'],
  ],
  [
    'aws-sdk:ecs:createTaskSet',
    {
      Cluster: CLUSTER,
      Service: 'arn:aws:ecs:us-east-1:222222222222:service/web/api',
      TaskDefinition: 't:1',
    },
    ['ecs:CreateTaskSet ecs:@:task-set/web/api/*'],
  ],
]);

describe('what is held by something of elsewhere', () => {
  const elsewhere: readonly [string, string, string][] = [
    ['another account', 'arn:aws:ecs:us-east-1:333333333333:cluster/web', 'ResourceElsewhere'],
    ['another Region', 'arn:aws:ecs:eu-west-1:222222222222:cluster/web', 'ResourceElsewhere'],
    ['another service', 'arn:aws:eks:us-east-1:222222222222:cluster/web', 'ResourceNotStatic'],
    ['another type', 'arn:aws:ecs:us-east-1:222222222222:task-definition/web', 'ResourceNotStatic'],
  ];
  it.each(elsewhere)('is not granted: %s', (_, Cluster, reason) => {
    const { statements, diagnostics } = deriveOne('aws-sdk:ecs:updateService', { Cluster, Service: 'api' });
    expect(statements).toStrictEqual([]);
    expect(diagnostics.map((one) => one.reason)).toStrictEqual([reason]);
  });

  it('takes a wildcard in its name as a character', () => {
    const { statements } = deriveOne('aws-sdk:ecs:updateService', {
      Cluster: 'arn:aws:ecs:us-east-1:222222222222:cluster/w*b',
      Service: 'api',
    });
    expect(JSON.stringify(statements)).not.toContain('w*b');
  });
});

describe('the table of dependent actions', () => {
  const table: unknown = JSON.parse(
    readFileSync(
      new URL('../../../../src/asl/integrations/generated/dependent-actions.json', import.meta.url),
      'utf8',
    ),
  );

  it('names actions that AWS documents, and no others', () => {
    const lines = isJsonObject(table)
      ? Object.entries(table).flatMap(([prefix, text]) =>
          String(text)
            .split('\n')
            .map((line) => ({ prefix, line })),
        )
      : [];
    const unknown = lines.flatMap(({ prefix, line }) => {
      const [dependents = '', names = ''] = line.split('=');
      const actions = [...dependents.split(','), ...names.split(' ').map((name) => `${prefix}:${name}`)];
      return actions.filter((action) => {
        const [service = '', name = ''] = action.split(':');
        return findIamAction(service, name)?.name !== name;
      });
    });
    expect(lines.length).toBeGreaterThan(500);
    expect(unknown).toStrictEqual([]);
  });

  it('tells what beside its own action a call may ask for', () => {
    expect(dependentActions('glue:GetTableOptimizer')).toStrictEqual(['glue:GetTable']);
    expect(dependentActions('glue:GetTable')).toStrictEqual([]);
    expect(dependentActions('constructor:toString')).toStrictEqual([]);
  });
});
