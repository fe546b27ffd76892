/** Parts of ARNs that no text at the top of the parameters fills: numbers, names in structures, versions, what an ID tells. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { deriveOne, here, openDecisions } from '../machines.ts';

/** Operation, parameters, and all the resources of its action. */
const ROWS: readonly [operation: string, JsonObject, resources: readonly string[]][] = [
  // Numbers.
  ['lambda:getLayerVersion', { LayerName: 'l', VersionNumber: 3 }, [here('lambda', 'layer:l:3')]],
  [
    'lambda:deleteLayerVersion',
    { LayerName: here('lambda', 'layer:l'), VersionNumber: 3 },
    [here('lambda', 'layer:l:3')],
  ],
  [
    'appconfig:getDeployment',
    { ApplicationId: 'a', EnvironmentId: 'e', DeploymentNumber: 9 },
    ['application/a', 'application/a/environment/e', 'application/a/environment/e/deployment/9'].map((one) =>
      here('appconfig', one),
    ),
  ],
  [
    'appconfig:getHostedConfigurationVersion',
    { ApplicationId: 'a', ConfigurationProfileId: 'c', VersionNumber: 4 },
    [
      'application/a',
      'application/a/configurationprofile/c',
      'application/a/configurationprofile/c/hostedconfigurationversion/4',
    ].map((one) => here('appconfig', one)),
  ],
  [
    'appconfig:getExtension',
    { ExtensionIdentifier: 'x', VersionNumber: 1 },
    [here('appconfig', 'extension/x/1')],
  ],
  [
    'sagemaker:describeImageVersion',
    { ImageName: 'img', Version: 2 },
    [here('sagemaker', 'image-version/img/2')],
  ],

  // Versions that are texts, and the thing before them.
  [
    'imagebuilder:createComponent',
    { Name: 'c', SemanticVersion: '1.0.0' },
    [here('imagebuilder', 'component/c/1.0.0/*')],
  ],
  [
    'textract:getAdapterVersion',
    { AdapterId: 'a', AdapterVersion: '1' },
    [here('textract', '/adapters/a/versions/1')],
  ],
  ['ecs:registerTaskDefinition', { Family: 'web' }, [here('ecs', 'task-definition/web:*')]],
  ['ecs:deleteTaskDefinitions', { TaskDefinitions: ['web:3'] }, [here('ecs', 'task-definition/web:3')]],
  ['batch:deregisterJobDefinition', { JobDefinition: 'd:3' }, [here('batch', 'job-definition/d:3')]],

  // Names in structures.
  [
    'glue:createTable',
    { DatabaseName: 'd', TableInput: { Name: 't' } },
    ['catalog', 'database/d', 'table/d/t'].map((one) => here('glue', one)),
  ],
  [
    'glue:createDatabase',
    { DatabaseInput: { Name: 'd' } },
    [here('glue', 'catalog'), here('glue', 'database/d')],
  ],
  ['codepipeline:createPipeline', { Pipeline: { Name: 'p' } }, [here('codepipeline', 'p')]],
  ['codepipeline:updatePipeline', { Pipeline: { Name: 'p' } }, [here('codepipeline', 'p')]],
  ['ses:createConfigurationSet', { ConfigurationSet: { Name: 'c' } }, [here('ses', 'configuration-set/c')]],
  [
    'config:putConfigurationRecorder',
    { ConfigurationRecorder: { Name: 'default' } },
    [here('config', 'configuration-recorder/default/*')],
  ],
  // Of the rule's ARN AWS makes the end: config-rule/config-rule-a1b2c3.
  ['config:putConfigRule', { ConfigRule: { ConfigRuleName: 'r' } }, [here('config', 'config-rule/*')]],

  // The one name of the one thing, whatever the operation is called.
  ['cloudtrail:stopLogging', { Name: 't' }, [here('cloudtrail', 'trail/t')]],
  ['databrew:updateDataset', { Name: 'd' }, [here('databrew', 'dataset/d')]],
  ['rekognition:stopStreamProcessor', { Name: 's' }, [here('rekognition', 'streamprocessor/s')]],

  // What an identifier tells, or does not.
  [
    'ec2:createFlowLogs',
    { ResourceIds: ['vpc-1', 'subnet-2'], ResourceType: 'VPC' },
    [here('ec2', 'vpc/vpc-1'), here('ec2', 'subnet/subnet-2')],
  ],
  [
    'applicationautoscaling:registerScalableTarget',
    { ServiceNamespace: 'ecs', ResourceId: 'service/c/s', ScalableDimension: 'ecs:service:DesiredCount' },
    [here('application-autoscaling', 'scalable-target/*')],
  ],
  [
    'cloudwatchlogs:startQuery',
    { LogGroupNames: ['a', 'b*'] },
    [here('logs', 'log-group:a:*'), here('logs', 'log-group:b${*}:*')],
  ],
  ['logs:startQuery', { LogGroupNames: ['a'] }, [here('logs', 'log-group:a:*')]],

  // A whole ARN is all there is to say, whatever the operation is called.
  [
    'elasticloadbalancingv2:registerTargets',
    { TargetGroupArn: here('elasticloadbalancing', 'targetgroup/t/1') },
    [here('elasticloadbalancing', 'targetgroup/t/1')],
  ],
  [
    'databasemigration:startReplicationTask',
    { ReplicationTaskArn: here('dms', 'task:ABC') },
    [here('dms', 'task:ABC')],
  ],
  [
    'sfn:describeExecution',
    { ExecutionArn: here('states', 'execution:m:e') },
    [here('states', 'execution:m:e')],
  ],
  ['xray:getGroup', { GroupName: 'g' }, [here('xray', 'group/g/*')]],

  // Kinds, and names that mean the default.
  ['wafv2:updateIPSet', { Name: 'n', Scope: 'REGIONAL', Id: 'i' }, [here('wafv2', 'regional/ipset/n/i')]],
  ['wafv2:updateIPSet', { Name: 'n', Scope: 'CLOUDFRONT', Id: 'i' }, [here('wafv2', 'global/ipset/n/i')]],
  ['eventbridge:putRule', { Name: 'r', EventBusName: 'default' }, [here('events', 'rule/r')]],
  [
    'eventbridge:putRule',
    { Name: 'r', EventBusName: here('events', 'event-bus/b') },
    [here('events', 'rule/b/r')],
  ],
  [
    'ssoadmin:createAccountAssignment',
    {
      InstanceArn: 'arn:aws:sso:::instance/ssoins-1',
      PermissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-1/ps-1',
      TargetId: '333333333333',
    },
    ['instance/ssoins-1', 'permissionSet/ssoins-1/ps-1', 'account/333333333333'].map(
      (one) => `arn:aws:sso:::${one}`,
    ),
  ],

  // What goes with it.
  [
    'glue:deleteDatabase',
    { Name: 'd' },
    ['catalog', 'database/d', 'table/d/*', 'userDefinedFunction/d/*'].map((one) => here('glue', one)),
  ],
  [
    'glue:batchDeleteTable',
    { DatabaseName: 'd', TablesToDelete: ['a', 'b'] },
    ['catalog', 'database/d', 'table/d/a', 'table/d/b'].map((one) => here('glue', one)),
  ],
  ['glue:getDatabases', {}, [here('glue', 'catalog'), here('glue', 'database/*')]],
  ['rds:deleteDBCluster', { DbClusterIdentifier: 'C', SkipFinalSnapshot: true }, [here('rds', 'cluster:c')]],
  [
    'rds:deleteDBCluster',
    { DbClusterIdentifier: 'C', FinalDBSnapshotIdentifier: 'S' },
    [here('rds', 'cluster:c'), here('rds', 'cluster-snapshot:s')],
  ],
  [
    'backup:describeRecoveryPoint',
    { BackupVaultName: 'v', RecoveryPointArn: 'arn:aws:ec2:us-east-1::snapshot/snap-1' },
    ['arn:aws:ec2:us-east-1::snapshot/snap-1'],
  ],
];

describe('every part of an ARN that the call tells is read', () => {
  for (const [operation, parameters, resources] of ROWS) {
    it(`${operation} ${JSON.stringify(parameters)}`, () => {
      const derivation = deriveOne(`aws-sdk:${operation}`, parameters);
      const found = derivation.statements.flatMap((statement) => statement.resources?.values ?? []);
      expect(found.toSorted()).toStrictEqual(resources.toSorted());
      expect(openDecisions(derivation)).toStrictEqual([]);
    });
  }

  it('a number that only run time knows is asked for', () => {
    expect(
      openDecisions(
        deriveOne('aws-sdk:lambda:getLayerVersion', { LayerName: 'l', 'VersionNumber.$': '$.version' }),
      ),
    ).toStrictEqual([
      'Task "Call" needs lambda:GetLayerVersion, but VersionNumber is known only at run time ($.version)',
    ]);
  });

  for (const [operation, parameter] of [
    ['elasticloadbalancingv2:registerTargets', 'TargetGroupArn'],
    ['databasemigration:startReplicationTask', 'ReplicationTaskArn'],
    ['sfn:describeExecution', 'ExecutionArn'],
  ]) {
    it(`${operation}: an ARN that only run time knows is asked for, and nothing of its type is allowed`, () => {
      const derivation = deriveOne(`aws-sdk:${operation}`, { [`${parameter}.$`]: '$.arn' });
      expect(derivation.statements).toStrictEqual([]);
      expect(openDecisions(derivation).join()).toContain(`${parameter} is known only at run time ($.arn)`);
    });
  }

  it('EC2 tags what it makes by a permission of its own', () => {
    const { statements } = deriveOne('aws-sdk:ec2:createSnapshot', {
      VolumeId: 'vol-1',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [] }],
    });
    const tags = statements.filter(({ actions }) => actions.values.includes('ec2:CreateTags'));
    expect(tags.map(({ resources }) => resources?.values)).toStrictEqual([
      ['arn:aws:ec2:us-east-1::snapshot/*'],
    ]);
  });

  it('a number where a name belongs is named', () => {
    expect(
      openDecisions(deriveOne('aws-sdk:lambda:getLayerVersion', { LayerName: 5, VersionNumber: 3 })),
    ).toHaveLength(1);
  });
});

describe('a query of Timestream that reads no table', () => {
  it('is another action', () => {
    const { statements } = deriveOne('aws-sdk:timestreamquery:query', { QueryString: 'SELECT 1' });
    expect(statements.flatMap(({ actions }) => actions.values)).toStrictEqual([
      'timestream:DescribeEndpoints',
      'timestream:SelectValues',
    ]);
  });

  it('is not one whose text run time fills in', () => {
    const { statements, diagnostics } = deriveOne('aws-sdk:timestreamquery:query', {
      'QueryString.$': "States.Format('SELECT {}', $.what)",
    });
    expect(statements.flatMap(({ actions }) => actions.values)).toStrictEqual([
      'timestream:DescribeEndpoints',
    ]);
    expect(diagnostics.map(({ blocking }) => blocking)).toStrictEqual([true, false]);
  });
});
