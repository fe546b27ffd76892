import type { JsonObject } from '../../../src/base/json.ts';
import { describe, expect, it, test } from '@jest/globals';
import * as fc from 'fast-check';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { lookUp } from '../../../src/asl/derive/permission.ts';
import { everything, roleFrom } from '../../../src/asl/integrations/resources.ts';
import { allow } from '../../../src/asl/integrations/row.ts';
import { isDecidedBy } from '../../../src/asl/derive/diagnostic.ts';
import { toStatements } from '../../../src/asl/derive/statements.ts';
import { parseStatement } from './explicit.ts';
import {
  assertAllows,
  callOf,
  deriveOne,
  here,
  machine,
  openDecisions,
  reasonsOf,
  ROLE,
  TARGET,
  task,
  tasksOf,
} from './machines.ts';
import { narrow, present } from '../../expectations.ts';

const TABLES = here('dynamodb', 'table/');

function reasonsAndActions(resource: string, parameters?: JsonObject): string[] {
  const { diagnostics } = derivePermissions(tasksOf(machine({ Call: task(resource, parameters) })), TARGET);
  return diagnostics.map(({ reason, actions }) => [reason, ...actions].join(' '));
}

function actionsOf(resource: string, parameters: JsonObject): string[] {
  const { statements } = derivePermissions(tasksOf(machine({ Call: task(resource, parameters) })), TARGET);
  return statements.flatMap(({ actions }) => actions.values);
}

test('a value that is taken from the parameters stands beside the conditions that the table states', () => {
  const permission = allow('emr-containers:StartJobRun', everything, {
    conditions: { StringEquals: { 'aws:RequestTag/team': ['data'] } },
    limits: { 'emr-containers:ExecutionRoleArn': roleFrom('ExecutionRoleArn') },
  });
  const [job] = tasksOf(machine({ Call: task('emr-containers:startJobRun', { ExecutionRoleArn: ROLE }) }));
  const { needs } = lookUp(permission, { task: present(job, 'a Task'), place: TARGET, hints: [] });
  expect(needs.map(({ conditions }) => conditions)).toStrictEqual([
    { StringEquals: { 'aws:RequestTag/team': ['data'], 'emr-containers:ExecutionRoleArn': [ROLE] } },
  ]);
});

describe('a hint', () => {
  const dynamic = { 'TopicArn.$': '$.topic' };
  const owners = 'arn:aws:sns:us-east-1:222222222222:owner-*';

  it('stands in for what the run time chooses, wildcards and all', () => {
    const derivation = deriveOne('sns:publish', dynamic, { hints: [{ task: 'Call', arns: [owners] }] });
    assertAllows(derivation, [{ Action: 'sns:Publish', Resource: owners }]);
    expect(openDecisions(derivation)).toStrictEqual([]);
  });

  it('is for its Task alone, and for its kind of resource alone', () => {
    const others = [
      { task: 'Other', arns: [owners] },
      { task: 'Call', arns: ['arn:aws:sqs:us-east-1:222222222222:owner-*'] },
    ];
    const derivation = deriveOne('sns:publish', dynamic, { hints: others });
    assertAllows(derivation, []);
    expect(openDecisions(derivation)).toHaveLength(1);
  });

  it('adds nothing where the definition says it all', () => {
    const topic = 'arn:aws:sns:us-east-1:222222222222:alerts';
    const derivation = deriveOne(
      'sns:publish',
      { TopicArn: topic },
      { hints: [{ task: 'Call', arns: [owners] }] },
    );
    assertAllows(derivation, [{ Action: 'sns:Publish', Resource: topic }]);
  });

  it('outside the target account is left out and named', () => {
    const hints = [{ task: 'Call', arns: ['arn:aws:sns:us-east-1:333333333333:owner-*'] }];
    const derivation = deriveOne('sns:publish', dynamic, { hints });
    assertAllows(derivation, []);
    expect(reasonsOf(derivation).some(([reason]) => reason === 'ResourceElsewhere')).toBe(true);
  });

  it('for every Region is as good as one for the machine’s', () => {
    const anywhere = 'arn:aws:sns:*:222222222222:owner-*';
    const derivation = deriveOne('sns:publish', dynamic, { hints: [{ task: 'Call', arns: [anywhere] }] });
    assertAllows(derivation, [{ Action: 'sns:Publish', Resource: anywhere }]);
    expect(reasonsOf(derivation)).not.toContainEqual(['ResourceElsewhere', false]);
  });

  it('is reported in the form it has to have', () => {
    const [diagnostic] = deriveOne('s3:nothing', {}).diagnostics;
    expect(diagnostic?.hints).toStrictEqual([]);
    const [open] = deriveOne('aws-sdk:s3:getObject', { Bucket: 'b', 'Key.$': '$.key' }).diagnostics;
    expect(open?.hints).toStrictEqual([
      'arn:aws:s3:::*/*',
      'arn:aws:s3:us-east-1:222222222222:accesspoint/*/object/*',
    ]);
  });
});

describe('a resource of a third account or another partition', () => {
  for (const arn of [
    'arn:aws:sns:us-east-1:333333333333:alerts',
    'arn:aws:sns:eu-west-1:333333333333:alerts',
    'arn:aws-cn:sns:cn-north-1:222222222222:alerts',
    'arn:aws-cn:sns:us-east-1:222222222222:alerts',
  ]) {
    it(`${arn} is left out and named`, () => {
      const derivation = deriveOne('sns:publish', { TopicArn: arn });
      assertAllows(derivation, []);
      expect(derivation.diagnostics[0]).toStrictEqual({
        task: 'Call',
        reason: 'ResourceElsewhere',
        message: `Task "Call" names ${arn}, which lies outside account 222222222222: sns:Publish on it is left out`,
        blocking: false,
        actions: ['sns:Publish'],
        hints: [],
      });
    });
  }
});

it('passes a role to the service under each name that it has in the partition', () => {
  const role = 'arn:aws-cn:iam::222222222222:role/task';
  const parameters = { TaskDefinition: 'web:1', Overrides: { TaskRoleArn: role } };
  const china = { partition: 'aws-cn', region: 'cn-north-1' };
  const passed = deriveOne('ecs:runTask', parameters, china).statements.find(({ actions }) =>
    actions.values.includes('iam:PassRole'),
  );
  expect(passed?.conditions).toStrictEqual({
    StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'ecs-tasks.amazonaws.com.cn'] },
  });
});

it('conditions beside the service that a role is passed to stay', () => {
  const tagged = { 'aws:ResourceTag/team': ['pay'] };
  const permission = allow('iam:PassRole', roleFrom('RoleArn'), {
    conditions: { StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'], ...tagged } },
  });
  const call = callOf('ecs:runTask', { RoleArn: 'arn:aws:iam::222222222222:role/task' });
  const { needs } = lookUp(permission, { task: call, place: TARGET, hints: [] });
  expect(needs.map(({ conditions }) => conditions?.['StringEquals'])).toStrictEqual([
    { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'], ...tagged },
  ]);
});

describe('an open decision is answered by explicit statements', () => {
  const [open] = deriveOne('sqs:sendMessage', { 'QueueUrl.$': '$.q' }).diagnostics;
  narrow(open, open);
  const cases: [string, boolean][] = [
    ['sqs:SendMessage', true],
    ['SQS:sendmessage', true],
    ['sqs:Send*', true],
    ['*', true],
    ['sqs:ReceiveMessage', false],
  ];
  for (const [action, settled] of cases) {
    it(`${action}: ${settled ? 'yes' : 'no'}`, () => {
      expect(isDecidedBy(open, [parseStatement({ Action: action })])).toBe(settled);
    });
  }

  it('but by none that denies or that excepts', () => {
    expect(isDecidedBy(open, [parseStatement({ Action: 'sqs:*', Effect: 'Deny' })])).toBe(false);
    for (const NotAction of ['sns:*', 'sqs:*'])
      expect(isDecidedBy(open, [parseStatement({ NotAction })])).toBe(false);
  });

  it('an unknown integration by any action of that service, in IAM’s spelling of its name', () => {
    const [unknown] = deriveOne('aws-sdk:emrserverless:dance', {}).diagnostics;
    narrow(unknown, unknown);
    expect(isDecidedBy(unknown, [parseStatement({ Action: 'emr-serverless:StartJobRun' })])).toBe(true);
    expect(isDecidedBy(unknown, [parseStatement({ Action: 'emr-containers:StartJobRun' })])).toBe(false);
  });
});

describe('a decision about an action that is known in part', () => {
  const [open] = deriveOne('aws-sdk:dynamodb:executeStatement', { 'Statement.$': '$.sql' }).diagnostics;
  narrow(open, open);

  it('names that part, and takes no hint', () => {
    expect([open.actions, open.hints]).toStrictEqual([['dynamodb:PartiQL*'], []]);
  });

  it('is answered by any action that fits', () => {
    expect(isDecidedBy(open, [parseStatement({ Action: 'dynamodb:PartiQLUpdate' })])).toBe(true);
    expect(isDecidedBy(open, [parseStatement({ Action: 'dynamodb:GetItem' })])).toBe(false);
  });
});

describe('the policy is compact and stable', () => {
  const states = {
    A: task('arn:aws:states:::dynamodb:getItem', { TableName: 'orders' }),
    B: task('arn:aws:states:::dynamodb:putItem', { TableName: 'orders' }),
    C: task('arn:aws:states:::dynamodb:putItem', { TableName: 'items' }),
    D: task('arn:aws:states:::dynamodb:getItem', { TableName: 'items' }),
    E: task('arn:aws:states:::sns:publish', { TopicArn: 'arn:aws:sns:us-east-1:222222222222:t' }),
  };

  it('equal Tasks share one statement, and each Task names the statements it needs', () => {
    const { statements, tasks } = derivePermissions(tasksOf(machine(states)), TARGET);
    expect(
      statements.map(({ sid, actions, resources }) => [sid, actions.values, resources?.values]),
    ).toStrictEqual([
      [
        'CrossAccountLinkDynamodbGetItemAnd1More',
        ['dynamodb:GetItem', 'dynamodb:PutItem'],
        [`${TABLES}items`, `${TABLES}orders`],
      ],
      ['CrossAccountLinkSnsPublish', ['sns:Publish'], ['arn:aws:sns:us-east-1:222222222222:t']],
    ]);
    expect(tasks.find(({ name }) => name === 'B')?.sids).toStrictEqual([
      'CrossAccountLinkDynamodbGetItemAnd1More',
    ]);
    expect(tasks.find(({ name }) => name === 'E')?.sids).toStrictEqual(['CrossAccountLinkSnsPublish']);
  });

  it('never allows an action on a resource that no Task calls it on', () => {
    const { statements } = derivePermissions(tasksOf(machine({ A: states.A, C: states.C })), TARGET);
    expect(statements.map(({ actions, resources }) => [actions.values, resources?.values])).toStrictEqual([
      [['dynamodb:GetItem'], [`${TABLES}orders`]],
      [['dynamodb:PutItem'], [`${TABLES}items`]],
    ]);
  });

  it('whatever order the states stand in', () => {
    const expected = derivePermissions(tasksOf(machine(states)), TARGET);
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(states), { minLength: 5 }), (entries) => {
        const derivation = derivePermissions(tasksOf(machine(Object.fromEntries(entries))), TARGET);
        expect(JSON.stringify(derivation.statements)).toBe(JSON.stringify(expected.statements));
        expect(derivation.tasks).toStrictEqual(expected.tasks);
      }),
    );
  });

  it.each([
    ['after', ['a:Read', 'a:Read2', 'a:Read']],
    ['before', ['a-b:Read2', 'aB:Read', 'aB:Read']],
  ])(
    'and no Sid stands twice, where another action is called as the second of one would be, %s it',
    (_, actions) => {
      const needs = actions.map((action, at) => ({
        actions: [action],
        resources: ['*'],
        conditions: { StringEquals: { k: [String(at)] } },
      }));
      const sids = toStatements(needs).map(({ sid }) => sid);
      expect(new Set(sids).size).toBe(needs.length);
    },
  );

  it('and every Sid is one IAM takes', () => {
    const { statements } = deriveOne('emr-containers:createVirtualCluster', { Name: 'x' });
    for (const { sid = '' } of statements) expect(sid).toMatch(/^CrossAccountLink[A-Za-z0-9]+$/);
    expect(new Set(statements.map(({ sid }) => sid)).size).toBe(statements.length);
  });
});

describe('an integration that Step Functions does not offer is answered with the one that was meant', () => {
  it.each([
    ['glue:startCrawler.sync', 'aws-sdk:glue:startCrawler'],
    ['glue:startCrawler', 'aws-sdk:glue:startCrawler'],
    ['aws-sdk:ecs:runTask.sync', 'ecs:runTask.sync'],
    ['aws-sdk:bedrockagentcore:invokeHarness', 'bedrockagentcore:invokeHarness'],
    ['bedrockagentcore:invokeHarness.sync', 'bedrockagentcore:invokeHarness'],
    ['sqs:sendMesage.waitForTaskToken', 'sqs:sendMessage.waitForTaskToken'],
    ['s3:getObject', 'aws-sdk:s3:getObject'],
    ['textract:analyzeDocument', 'aws-sdk:textract:analyzeDocument'],
    ['aws-sdk:kinesisfirehose:putRecord', 'aws-sdk:firehose:putRecord'],
    ['aws-sdk:elbv2:describeTargetHealth', 'aws-sdk:elasticloadbalancingv2:describeTargetHealth'],
    ['aws-sdk:sagemaker:startPipelineExecution.sync', 'aws-sdk:sagemaker:startPipelineExecution'],
    ['aws-sdk:redshift-data:executeStatement', 'aws-sdk:redshiftdata:executeStatement'],
    ['aws-sdk:cognito-idp:adminGetUser', 'aws-sdk:cognitoidentityprovider:adminGetUser'],
    ['aws-sdk:stepfunctions:startExecution', 'aws-sdk:sfn:startExecution'],
    ['aws-sdk:secrets-manager:GetSecretValue', 'aws-sdk:secretsmanager:getSecretValue'],
    ['aws-sdk:s3glacier:initiateJob', 'aws-sdk:glacier:initiateJob'],
    ['aws-sdk:cofnig:describeConfigRules', 'aws-sdk:config:describeConfigRules'],
    ['arn:aws:lambda:invoke', 'lambda:invoke'],
    ['arn:aws:lambda:us-east-1:222222222222:function:pay.waitForTaskToken', 'lambda:invoke.waitForTaskToken'],
    ['arn:aws:lambda:us-east-1:222222222222:function:pay:live.sync', 'lambda:invoke'],
    ['arn::states:::aws-sdk:sqs:purgeQueue', 'aws-sdk:sqs:purgeQueue'],
    ['arn:aws:states::::glue:startCrawler.sync', 'aws-sdk:glue:startCrawler'],
    ['arn:aws:states:::lambda.invoke', undefined],
    ['aws-sdk:cloudformation:waitUntilStackCreateComplete', undefined],
    ['nobody:knows', undefined],
  ])('%s', (written, meant) => {
    const [message] = deriveOne(written, {}).diagnostics.map((one) => one.message);
    const [, said] = /\(did you mean arn:aws:states:::(.+)\?\)$/.exec(message ?? '') ?? [];
    expect(said).toBe(meant);
  });
});

it('a placeholder as Resource is taken for a function, unless it is called with the parameters of an integration', () => {
  const isFunction = ['ResourceNotStatic lambda:InvokeFunction'];
  expect(reasonsAndActions('${StockCheckerFunctionArn}')).toStrictEqual(isFunction);
  expect(reasonsAndActions('${Checker}', { order: 1 })).toStrictEqual(isFunction);
  expect(reasonsAndActions('${LambdaInvoke}', { FunctionName: 'f' })).toStrictEqual(isFunction);
  expect(reasonsAndActions('${DDBPutItem}', { TableName: 't', Item: {} })).toStrictEqual([
    'UnknownIntegration',
  ]);
});

it('placeholders for the partition, the Region and the account leave an integration what it is', () => {
  const somewhere = '${AWS::Region}:${AWS::AccountId}';
  for (const partition of ['aws', '${AWS::Partition}']) {
    const states = `arn:${partition}:states:${somewhere}`;
    expect(actionsOf(`${states}:aws-sdk:s3:getObject`, { Bucket: 'b', Key: 'k' })).toStrictEqual([
      's3:GetObject',
    ]);
    expect(actionsOf(`${states}:dynamodb:getItem`, { TableName: 't' })).toStrictEqual(['dynamodb:GetItem']);
    expect(reasonsAndActions(`${states}:dynamodb:getItem`, { TableName: 't' })).toStrictEqual([]);
    expect(reasonsAndActions(`${states}:activity:a`)).toStrictEqual(['CredentialsNotSupported']);
    expect(reasonsAndActions(`arn:${partition}:lambda:${somewhere}:function:pay`)).toStrictEqual([
      'ResourceNotStatic lambda:InvokeFunction',
    ]);
  }
});
