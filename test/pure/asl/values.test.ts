/** What a parameter's value says: a literal, an expression that the definition itself decides, or what only run time knows. */
import type { JsonObject } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import {
  assertAllows,
  deriveOne,
  here,
  machine,
  openDecisions,
  permissionsOf,
  reasonsOf,
  TARGET,
  tasksOf,
} from './machines.ts';
import type { Allowed } from './machines.ts';
import { threadMs } from '../../expectations.ts';

const TABLES = here('dynamodb', 'table/');

function allowed(resource: string | readonly string[]): Allowed[] {
  return [{ Action: 'dynamodb:GetItem', Resource: resource }];
}

function deriveJsonata(parameters: JsonObject | string) {
  const state = {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Arguments: parameters,
    End: true,
  };
  return derivePermissions(tasksOf(machine({ Call: state }, { QueryLanguage: 'JSONata' })), TARGET);
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

  it.each([
    ['sns:publish', 'TopicArn', 'sns:Publish'],
    ['sns:publish', 'TargetArn', 'sns:Publish'],
    ['states:startExecution', 'StateMachineArn', 'states:StartExecution'],
    ['aws-sdk:kinesis:describeStream', 'StreamARN', 'kinesis:DescribeStream'],
    ['sagemaker:createModel', 'ExecutionRoleArn', 'iam:PassRole'],
  ])('the beginning of an ARN: %s, %s', (call, parameter, action) => {
    const derivation = deriveOne(call, { [`${parameter}.$`]: "States.Format('{}orders', $.prefix)" });
    expect(permissionsOf(derivation).filter(([granted]) => granted === action)).toStrictEqual([]);
    expect(openDecisions(derivation)).toContain(
      `Task "Call" needs ${action}, but ${parameter} is known only at run time (States.Format('{}orders', $.prefix))`,
    );
  });

  it('items of a list that one expression makes are told by all of it', () => {
    const expression = "States.Array($.first, States.Format('{}', $.second))";
    const derivation = deriveOne('aws-sdk:ec2:rebootInstances', { 'InstanceIds.$': expression });
    expect([...new Set(openDecisions(derivation))]).toStrictEqual([
      `Task "Call" needs ec2:RebootInstances, but InstanceIds[] is known only at run time (${expression})`,
    ]);
  });

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
