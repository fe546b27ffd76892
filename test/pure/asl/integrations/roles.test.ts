/** Roles in the parameters of a call, in whatever place and form, and who uses them. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { derivePermissions } from '../../../../src/asl/derive/derive.ts';
import { deriveOne, machine, openDecisions, ROLE, TARGET, tasksOf } from '../machines.ts';
import type { State } from '../machines.ts';

/** Operation, parameters, and the services to which the role is passed; none if it is not passed. */
const ROWS: readonly [operation: string, JsonObject, services: readonly string[]][] = [
  [
    'iam:addRoleToInstanceProfile',
    { InstanceProfileName: 'p', RoleName: 'crossaccountlink/checkout' },
    ['ec2'],
  ],
  [
    'cognitoidentity:setIdentityPoolRoles',
    { IdentityPoolId: 'us-east-1:1', Roles: { authenticated: ROLE } },
    ['cognito-identity'],
  ],
  [
    'cognitoidentity:setIdentityPoolRoles',
    {
      IdentityPoolId: 'us-east-1:1',
      RoleMappings: { 'graph.facebook.com': { RulesConfiguration: { Rules: [{ RoleARN: ROLE }] } } },
    },
    ['cognito-identity'],
  ],
  ['ec2:createFlowLogs', { ResourceIds: ['vpc-1'], DeliverLogsPermissionArn: ROLE }, ['vpc-flow-logs']],
  ['ec2:requestSpotFleet', { SpotFleetRequestConfig: { IamFleetRole: ROLE } }, ['spotfleet']],
  ['rds:startExportTask', { ExportTaskIdentifier: 'e', IamRoleArn: ROLE }, ['export.rds']],
  ['rds:modifyDBInstance', { DBInstanceIdentifier: 'd', MonitoringRoleArn: ROLE }, ['monitoring.rds']],
  ['rds:addRoleToDBCluster', { DBClusterIdentifier: 'd', RoleArn: ROLE }, ['rds']],
  ['s3control:createJob', { AccountId: '222222222222', RoleArn: ROLE }, ['batchoperations.s3']],
  ['s3:putBucketReplication', { Bucket: 'b', ReplicationConfiguration: { Role: ROLE } }, ['s3']],
  ['iot:createRoleAlias', { RoleAlias: 'a', RoleArn: ROLE }, ['credentials.iot']],
  [
    'apprunner:createService',
    { ServiceName: 's', InstanceConfiguration: { InstanceRoleArn: ROLE } },
    ['tasks.apprunner'],
  ],
  ['cloudwatch:putMetricStream', { Name: 's', RoleArn: ROLE }, ['streams.metrics.cloudwatch']],
  ['synthetics:createCanary', { Name: 'c', ExecutionRoleArn: ROLE }, ['lambda', 'synthetics']],
  ['redshift:createScheduledAction', { IamRole: ROLE }, ['scheduler.redshift']],
  ['redshift:modifyClusterIamRoles', { ClusterIdentifier: 'c', AddIamRoles: [ROLE] }, ['redshift']],
  ['redshift:modifyClusterIamRoles', { ClusterIdentifier: 'c', RemoveIamRoles: [ROLE] }, []],
  ['lexmodelsv2:createBot', { BotName: 'b', RoleArn: ROLE }, ['lexv2']],
  ['osis:createPipeline', { PipelineName: 'p', PipelineRoleArn: ROLE }, ['osis-pipelines']],
  ['snowball:createJob', { RoleARN: ROLE }, ['importexport']],
  ['config:putConfigurationRecorder', { ConfigurationRecorder: { Name: 'd', RoleARN: ROLE } }, ['config']],
  [
    'config:putRemediationConfigurations',
    {
      RemediationConfigurations: [
        { ConfigRuleName: 'r', Parameters: { AutomationAssumeRole: { StaticValue: { Values: [ROLE] } } } },
      ],
    },
    ['ssm'],
  ],
  [
    'sns:subscribe',
    { TopicArn: 'arn:aws:sns:us-east-1:222222222222:t', Attributes: { SubscriptionRoleArn: ROLE } },
    ['sns'],
  ],
  [
    'sns:setTopicAttributes',
    {
      TopicArn: 'arn:aws:sns:us-east-1:222222222222:t',
      AttributeName: 'LambdaFailureFeedbackRoleArn',
      AttributeValue: ROLE,
    },
    ['sns'],
  ],
  [
    'apigateway:putIntegration',
    { RestApiId: 'a', ResourceId: 'r', HttpMethod: 'GET', Credentials: ROLE },
    ['apigateway'],
  ],
  [
    'apigateway:putIntegration',
    { RestApiId: 'a', ResourceId: 'r', HttpMethod: 'GET', Credentials: 'arn:aws:iam::*:user/*' },
    [],
  ],
  ['cloudformation:deleteStack', { StackName: 's', RoleARN: ROLE }, ['cloudformation']],
  [
    'cloudcontrol:deleteResource',
    { TypeName: 'AWS::SQS::Queue', Identifier: 'q', RoleArn: ROLE },
    ['cloudformation'],
  ],
  ['lakeformation:registerResource', { ResourceArn: 'arn:aws:s3:::b', RoleArn: ROLE }, ['lakeformation']],
  [
    'codebuild:startBuildBatch',
    { ProjectName: 'p', BuildBatchConfigOverride: { ServiceRole: ROLE } },
    ['codebuild'],
  ],
  ['iotevents:createDetectorModel', { DetectorModelName: 'm', RoleArn: ROLE }, ['iotevents']],

  // What only looks as if it were passed, in operations whose actions take no resource.
  ['iot:createAuditSuppression', { ResourceIdentifier: { IamRoleArn: ROLE } }, []],
  ['iot:describeAuditSuppression', { ResourceIdentifier: { IamRoleArn: ROLE } }, []],
  ['cloudcontrol:getResource', { TypeName: 'AWS::SQS::Queue', Identifier: 'q', RoleArn: ROLE }, []],

  // Somebody is named, or the role is inside data that the call only carries.
  ['eks:createAccessEntry', { ClusterName: 'c', PrincipalArn: ROLE }, []],
  ['kms:createGrant', { KeyId: '11111111-1111-1111-1111-111111111111', GranteePrincipal: ROLE }, []],
  [
    'sfn:startSyncExecution',
    { StateMachineArn: 'arn:aws:states:us-east-1:222222222222:stateMachine:m', Input: { RoleArn: ROLE } },
    [],
  ],
  [
    'dynamodb:batchWriteItem',
    { RequestItems: { t: [{ PutRequest: { Item: { RoleArn: { S: ROLE } } } }] } },
    [],
  ],
];

function askedOfSchedule(parameters: JsonObject): string[] {
  return openDecisions(deriveOne('aws-sdk:scheduler:createSchedule', { Name: 's', ...parameters }));
}

function messagesOfTargets(parameters: JsonObject): string[] {
  const { diagnostics } = deriveOne('aws-sdk:eventbridge:putTargets', { Rule: 'r', ...parameters });
  return diagnostics.map(({ message }) => message);
}

function statementsWithRoleIn(member: string) {
  const MonitoringRoleArn = { [member]: ROLE };
  return deriveOne('aws-sdk:rds:modifyDBInstance', { DBInstanceIdentifier: 'd', MonitoringRoleArn })
    .statements;
}

describe('a role in the parameters', () => {
  for (const [operation, parameters, services] of ROWS) {
    const whom = services.length === 0 ? 'nobody' : services.join(' and ');
    it(`${operation} ${JSON.stringify(parameters).slice(0, 100)} is passed to ${whom}`, () => {
      const passes = deriveOne(`aws-sdk:${operation}`, parameters).statements.filter(({ actions }) =>
        actions.values.includes('iam:PassRole'),
      );
      expect(passes.map(({ resources }) => resources?.values)).toStrictEqual(
        services.length === 0 ? [] : [[ROLE]],
      );
      const users = passes.flatMap(
        ({ conditions }) => conditions?.['StringEquals']?.['iam:PassedToService'] ?? [],
      );
      expect(users.toSorted()).toStrictEqual(services.map((service) => `${service}.amazonaws.com`));
    });
  }

  it.each(['constructor', 'toString', '__proto__'])(
    'in a member called %s, which every object inherits, is no other than in any other member',
    (name) => {
      expect(statementsWithRoleIn(name)).toStrictEqual(statementsWithRoleIn('other'));
    },
  );

  it('that only run time knows is asked for', () => {
    expect(
      openDecisions(
        deriveOne('aws-sdk:ec2:createFlowLogs', {
          ResourceIds: ['vpc-1'],
          'DeliverLogsPermissionArn.$': '$.role',
        }),
      ),
    ).toStrictEqual([
      'Task "Call" needs iam:PassRole, but DeliverLogsPermissionArn is known only at run time ($.role)',
    ]);
  });

  it('that stands in what only run time knows is asked for, where the call always has one', () => {
    expect(askedOfSchedule({ 'Target.$': '$.target' })).toStrictEqual([
      'Task "Call" needs iam:PassRole, but Target.RoleArn is known only at run time ($.target)',
    ]);
    expect(askedOfSchedule({ Target: { 'Arn.$': '$.arn', RoleArn: ROLE } })).toStrictEqual([]);
  });

  it('is asked for where all arguments are known at run time only', () => {
    const Call: State = {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:lambda:createFunction',
      Arguments: '{% $states.input %}',
      End: true,
    };
    const asked = openDecisions(
      derivePermissions(tasksOf(machine({ Call }, { QueryLanguage: 'JSONata' })), TARGET),
    );
    expect(asked).toContain(
      'Task "Call" needs iam:PassRole, but Role is known only at run time ({% $states.input %})',
    );
  });

  it('that may stand in what only run time knows is spoken of', () => {
    expect(messagesOfTargets({ 'Targets.$': '$.targets' })).toStrictEqual([
      'Task "Call": the target role needs iam:PassRole for each role that Targets may hold at run time: add a statement if there is one',
    ]);
    expect(messagesOfTargets({ Targets: [{ Id: '1', 'Arn.$': '$.arn' }] })).toStrictEqual([]);
  });

  it('in an instance profile is asked for, by whatever name the profile stands', () => {
    const asked = openDecisions(
      deriveOne('aws-sdk:batch:createComputeEnvironment', {
        ComputeEnvironmentName: 'c',
        ComputeResources: { InstanceRole: 'arn:aws:iam::222222222222:instance-profile/p' },
      }),
    );
    expect(asked).toStrictEqual([
      'Task "Call" needs iam:PassRole, but the role in the instance profile does not follow from the profile’s name',
    ]);
  });
});

function diagnosticsOfStack(parameters: JsonObject): string[] {
  const { diagnostics } = deriveOne('aws-sdk:cloudformation:createStack', { StackName: 's', ...parameters });
  return diagnostics.map(({ reason }) => reason);
}

describe('CloudFormation', () => {
  it('says that it acts with the caller’s rights only where it is given no role', () => {
    expect(diagnosticsOfStack({ TemplateBody: '{}' })).toStrictEqual(['CallerPermissionsNeeded']);
    expect(diagnosticsOfStack({ TemplateBody: '{}', RoleARN: ROLE })).toStrictEqual([]);
  });

  it.each([
    ['a transform in the template', { TemplateBody: 'Transform: AWS::Serverless-2016-10-31' }, true],
    ['a macro within it', { TemplateBody: '{"Resources": {"Fn::Transform": {"Name": "Mine"}}}' }, true],
    ['a template without either', { TemplateBody: '{"Resources": {}}' }, false],
    ['a template that is elsewhere, and may expand', { Capabilities: ['CAPABILITY_AUTO_EXPAND'] }, true],
    ['capabilities that run time knows', { 'Capabilities.$': '$.capabilities' }, true],
    ['a template that is elsewhere', { Capabilities: ['CAPABILITY_IAM'] }, false],
  ])('says what transforms need: %s', (_name, parameters, isSaid) => {
    expect(diagnosticsOfStack({ RoleARN: ROLE, ...parameters })).toStrictEqual(
      isSaid ? ['CallerPermissionsNeeded'] : [],
    );
  });

  it.each([
    ['a template that is elsewhere', { TemplateURL: 'https://templates.s3.amazonaws.com/s.yaml' }, 1],
    ['the template of before', { UsePreviousTemplate: true }, 0],
  ])('says so of change sets for %s', (_name, parameters, said) => {
    const { diagnostics } = deriveOne('aws-sdk:cloudformation:createChangeSet', {
      StackName: 's',
      ChangeSetName: 'c',
      ...parameters,
    });
    expect(diagnostics).toHaveLength(said);
  });

  it('reads a template in S3 with the caller’s rights', () => {
    const { statements } = deriveOne('aws-sdk:cloudformation:updateStack', {
      StackName: 's',
      TemplateURL: 'https://templates.s3.amazonaws.com/s.yaml',
      RoleARN: ROLE,
    });
    expect(
      statements.flatMap(({ actions, resources }) =>
        actions.values.includes('s3:GetObject') ? resources?.values : [],
      ),
    ).toStrictEqual(['arn:aws:s3:::templates/s.yaml']);
  });
});
