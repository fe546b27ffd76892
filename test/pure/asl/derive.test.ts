import type { JsonObject } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { isDecidedBy } from '../../../src/asl/derive/diagnostic.ts';
import { parseStatement } from './explicit.ts';
import {
  assertAllows,
  deriveOne,
  machine,
  openDecisions,
  reasonsOf,
  TARGET,
  task,
  tasksOf,
} from './machines.ts';
import type { Allowed } from './machines.ts';
import { narrow, threadMs } from '../../expectations.ts';

const TABLES = 'arn:aws:dynamodb:us-east-1:222222222222:table/';

function allowed(resource: string | readonly string[]): Allowed[] {
  return [{ Action: 'dynamodb:GetItem', Resource: resource }];
}

describe('a literal is data', () => {
  const names: [string, string][] = [
    ['*', '${*}'],
    ['a?', 'a${?}'],
    ['${aws:username}', '${$}{aws:username}'],
    ['$', '$'],
  ];
  for (const [name, written] of names) {
    it(`${name} is written ${written}`, () => {
      assertAllows(deriveOne('dynamodb:getItem', { TableName: name }), allowed(TABLES + written));
    });
  }

  it('also inside an ARN, behind its account', () => {
    assertAllows(deriveOne('dynamodb:getItem', { TableName: `${TABLES}*` }), allowed(`${TABLES}\${*}`));
  });

  const refused: [string, unknown][] = [
    ['an ARN with a wildcard for an account', 'arn:aws:dynamodb:us-east-1:*:table/orders'],
    ['an ARN without its Region', 'arn:aws:dynamodb::222222222222:table/orders'],
    ['an ARN of another service', 'arn:aws:sqs:us-east-1:222222222222:orders'],
    ['an empty name', ''],
    ['a number', 5],
    ['nothing', null],
  ];
  for (const [what, value] of refused) {
    it(`${what} is refused`, () => {
      const derivation = deriveOne('dynamodb:getItem', JSON.parse(JSON.stringify({ TableName: value })));
      assertAllows(derivation, []);
      expect(reasonsOf(derivation)).toStrictEqual([['ResourceNotStatic', true]]);
    });
  }
});

describe('hostile text', () => {
  const long = 'a/'.repeat(50_000);
  const calls: [string, JsonObject][] = [
    [
      'aws-sdk:elasticloadbalancingv2:modifyRule',
      { RuleArn: `arn:aws:elasticloadbalancing:us-east-1:222222222222:listener-rule/app/${long}` },
    ],
    ['aws-sdk:dynamodb:executeStatement', { Statement: `SELECT ${' FROM'.repeat(50_000)}` }],
    ['aws-sdk:s3:copyObject', { Bucket: 'b', Key: long, CopySource: '%'.repeat(50_000) }],
    ['aws-sdk:s3:putObject', { Bucket: '--a'.repeat(50_000), Key: 'k' }],
    ['sqs:sendMessage', { QueueUrl: `https://${'a.'.repeat(50_000)}/1/q` }],
    ['lambda:invoke', { 'FunctionName.$': `States.Format(${'States.Format('.repeat(70_000)}` }],
    ['athena:getQueryResults', { QueryExecutionId: long }],
  ];
  for (const [service, parameters] of calls) {
    it(`costs ${service} no more than a moment`, () => {
      expect(threadMs(() => deriveOne(service, parameters))).toBeLessThan(1_000);
    });
  }
});

describe('what the definition knows by itself is folded', () => {
  const intrinsics: [string, string][] = [
    ["States.Format('orders-{}', 'eu')", 'orders-eu'],
    ["States.Format('orders-{}', 7)", 'orders-7'],
    [String.raw`States.Format('\{{}\}', 'a')`, '{a}'],
    ["States.ArrayGetItem(States.Array('a', 'b'), 1)", 'b'],
    [String.raw`States.Format('it\'s')`, "it's"],
  ];
  for (const [expression, name] of intrinsics) {
    it(expression, () => {
      assertAllows(deriveOne('dynamodb:getItem', { 'TableName.$': expression }), allowed(TABLES + name));
    });
  }

  const jsonata: [string, string][] = [
    ["{% 'orders' %}", 'orders'],
    ['{% "orders" %}', 'orders'],
    ["{% 'orders' & '-' & ('eu') %}", 'orders-eu'],
    [String.raw`{% 'it\'s "it"' %}`, 'it\'s "it"'],
    ['orders', 'orders'],
  ];
  for (const [expression, name] of jsonata) {
    it(expression, () => {
      assertAllows(deriveJsonata({ TableName: expression }), allowed(TABLES + name));
    });
  }
});

describe('a number becomes text as whoever prints it spells it', () => {
  const intrinsics: [string, string[]][] = [
    ["States.Format('v{}', 1.0)", ['v1.0', 'v1']],
    ["States.Format('v{}', 2.50)", ['v2.50', 'v2.5']],
    ["States.Format('v{}', -3)", ['v-3']],
    ["States.Format('v{}-{}', true, null)", ['vtrue-null']],
    ["States.Format('v{}', 12345678901234567890)", ['v*']],
    ["States.Format('v{}', 12345678.5)", ['v*']],
  ];
  for (const [expression, names] of intrinsics) {
    it(expression, () => {
      const resources = names.map((name) => TABLES + name);
      assertAllows(deriveOne('dynamodb:getItem', { 'TableName.$': expression }), allowed(resources));
    });
  }

  const jsonata: [string, string[]][] = [
    ["{% 'v' & 7 %}", ['v7']],
    ["{% 'v' & 1.0 %}", ['v1.0', 'v1']],
    ["{% 'v' & true & null %}", ['vtruenull']],
    ["{% 'v' & 1234567890123456 %}", ['v*']],
  ];
  for (const [expression, names] of jsonata) {
    it(expression, () => {
      assertAllows(deriveJsonata({ TableName: expression }), allowed(names.map((name) => TABLES + name)));
    });
  }
});

describe('an expression that stands where none is read is a slip', () => {
  const slips: [string, (text: string) => ReturnType<typeof deriveOne>][] = [
    [" {% 'orders' %}", (text) => deriveJsonata({ TableName: text })],
    ["{% 'orders' %} ", (text) => deriveJsonata({ TableName: text })],
    ['orders-{% $states.input.day %}', (text) => deriveJsonata({ TableName: text })],
    ["orders-{% 'eu' %}", (text) => deriveOne('dynamodb:getItem', { TableName: text })],
    [' $.table', (text) => deriveOne('dynamodb:getItem', { TableName: text })],
  ];
  for (const [text, derive] of slips) {
    it(JSON.stringify(text), () => {
      assertAllows(derive(text), []);
      expect(openDecisions(derive(text))).toHaveLength(1);
    });
  }
});

function deriveJsonata(parameters: JsonObject | string) {
  const state = {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Arguments: parameters,
    End: true,
  };
  return derivePermissions(tasksOf(machine({ Call: state }, { QueryLanguage: 'JSONata' })), TARGET);
}

describe('what only the run time knows is left open, never guessed', () => {
  const paths = [
    '$.table',
    '$$.Execution.Name',
    '$table',
    'States.UUID()',
    'States.Format(',
    "States.Format('orders', 'eu')",
    "States.Format('orders-{}')",
  ];
  for (const expression of paths) {
    it(expression, () => {
      const derivation = deriveOne('dynamodb:getItem', { 'TableName.$': expression });
      assertAllows(derivation, []);
      expect(openDecisions(derivation)).toStrictEqual([
        `Task "Call" needs dynamodb:GetItem, but TableName is known only at run time (${expression})`,
      ]);
    });
  }

  for (const expression of ['{% $states.input.table %}', '{% $prefix & $region %}', "{% 'a' = 'b' %}"]) {
    it(expression, () => {
      assertAllows(deriveJsonata({ TableName: expression }), []);
    });
  }

  it('arguments that are one expression', () => {
    assertAllows(deriveJsonata('{% $states.input %}'), []);
  });

  it('a Task without parameters, whose input is the call', () => {
    const derivation = deriveOne('dynamodb:getItem');
    expect(openDecisions(derivation)).toStrictEqual([
      `Task "Call" needs dynamodb:GetItem, but TableName is known only at run time (the state's input)`,
    ]);
  });

  it('a parameter that is missing', () => {
    expect(openDecisions(deriveOne('dynamodb:getItem', {}))).toStrictEqual([
      'Task "Call" needs dynamodb:GetItem, but TableName is missing',
    ]);
  });
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
    'arn:aws-cn:sns:cn-north-1:222222222222:alerts',
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
    expect(isDecidedBy(open, [parseStatement({ NotAction: 'sns:*' })])).toBe(false);
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
    ['aws-sdk:sagemaker:startPipelineExecution.sync', undefined],
    ['nobody:knows', undefined],
  ])('%s', (written, meant) => {
    const [message] = deriveOne(written, {}).diagnostics.map((one) => one.message);
    const [, said] = /\(did you mean arn:aws:states:::(.+)\?\)$/.exec(message ?? '') ?? [];
    expect(said).toBe(meant);
  });
});

function reasonOf(resource: string, parameters?: JsonObject): string[] {
  const { diagnostics } = derivePermissions(tasksOf(machine({ Call: task(resource, parameters) })), TARGET);
  return diagnostics.map(({ reason, actions }) => [reason, ...actions].join(' '));
}

it('a placeholder as Resource is taken for a function, unless it is called with the parameters of an integration', () => {
  const isFunction = ['ResourceNotStatic lambda:InvokeFunction'];
  expect(reasonOf('${StockCheckerFunctionArn}')).toStrictEqual(isFunction);
  expect(reasonOf('${Checker}', { order: 1 })).toStrictEqual(isFunction);
  expect(reasonOf('${LambdaInvoke}', { FunctionName: 'f' })).toStrictEqual(isFunction);
  expect(reasonOf('${DDBPutItem}', { TableName: 't', Item: {} })).toStrictEqual(['UnknownIntegration']);
});

function actionsOf(resource: string, parameters: JsonObject): string[] {
  const { statements } = derivePermissions(tasksOf(machine({ Call: task(resource, parameters) })), TARGET);
  return statements.flatMap(({ actions }) => actions.values);
}

it('placeholders for the partition, the Region and the account leave an integration what it is', () => {
  const somewhere = '${AWS::Region}:${AWS::AccountId}';
  for (const partition of ['aws', '${AWS::Partition}']) {
    const states = `arn:${partition}:states:${somewhere}`;
    expect(actionsOf(`${states}:aws-sdk:s3:getObject`, { Bucket: 'b', Key: 'k' })).toStrictEqual([
      's3:GetObject',
    ]);
    expect(actionsOf(`${states}:dynamodb:getItem`, { TableName: 't' })).toStrictEqual(['dynamodb:GetItem']);
    expect(reasonOf(`${states}:activity:a`)).toStrictEqual(['CredentialsNotSupported']);
    expect(reasonOf(`arn:${partition}:lambda:${somewhere}:function:pay`)).toStrictEqual([
      'ResourceNotStatic lambda:InvokeFunction',
    ]);
  }
});
