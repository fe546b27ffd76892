import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pluginProgram } from '../../../testbed/bundle.ts';

const PLUGIN = pluginProgram();
const CORPUS = fileURLToPath(new URL('../../data/asl-corpus/', import.meta.url));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function permissions(args: readonly string[], input = ''): Run {
  return spawnSync(process.execPath, [PLUGIN, 'permissions', ...args], { input, env: {}, encoding: 'utf8' });
}

const TARGET = ['--target-account', '222222222222'];

const DEFINITION = {
  StartAt: 'Charge card',
  States: {
    'Charge card': {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'charge' },
      Next: 'Notify owner',
    },
    'Notify owner': {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: { 'TopicArn.$': '$.topic' },
      End: true,
    },
  },
};

/** Sends to a queue of that Region. */
const queueIn = (region: string, accountId = '222222222222') =>
  JSON.stringify({
    StartAt: 'Send',
    States: {
      Send: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Parameters: {
          QueueUrl: `https://sqs.${region}.amazonaws.com/${accountId}/orders`,
          MessageBody: '-',
        },
        End: true,
      },
    },
  });

describe('permissions -o json', () => {
  it('prints policy, tasks and diagnostics, and ends with 2 where a Task needs a decision', () => {
    const { status, stdout } = permissions(['-', ...TARGET, '-o', 'json'], JSON.stringify(DEFINITION));
    const printed = JSON.parse(stdout);
    expect(status).toBe(2);
    expect(printed.policy).toStrictEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'CrossAccountLinkLambdaInvokeFunction',
          Effect: 'Allow',
          Action: ['lambda:InvokeFunction'],
          Resource: ['arn:aws:lambda:us-east-1:222222222222:function:charge'],
        },
      ],
    });
    expect(printed.tasks).toStrictEqual([
      {
        name: 'Charge card',
        resource: 'arn:aws:states:::lambda:invoke',
        statements: ['CrossAccountLinkLambdaInvokeFunction'],
      },
      { name: 'Notify owner', resource: 'arn:aws:states:::sns:publish', statements: [] },
    ]);
    expect(printed.diagnostics[0]).toStrictEqual({
      task: 'Notify owner',
      reason: 'ResourceNotStatic',
      message:
        'Task "Notify owner" needs sns:Publish, but TopicArn is known only at run time ($.topic): list the ARNs for this task under spec.targetRole.permissions.resources, or write a statement',
    });
  });

  it('ends with 0 where all is derived', () => {
    const file = `${CORPUS}workflow-within-a-workflow-main-state-machine.asl.json`;
    const { status, stdout } = permissions([file, ...TARGET, '--output', 'json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).policy.Statement).toHaveLength(2);
  });

  it('takes bare names to lie in the Region and partition that are given', () => {
    const args = ['-', ...TARGET, '-o', 'json', '--region', 'cn-north-1'];
    expect(permissions(args, JSON.stringify(DEFINITION)).stdout).toMatch(
      /"arn:aws-cn:lambda:cn-north-1:222222222222:function:charge"/,
    );
    const isolated = [...args.slice(0, -1), 'us-iso-east-1', '--partition', 'aws-iso'];
    expect(permissions(isolated, JSON.stringify(DEFINITION)).stdout).toMatch(
      /"arn:aws-iso:lambda:us-iso-east-1:/,
    );
  });

  describe('of a queue in another Region than is assumed', () => {
    const HINT = /no --region is given, so us-east-1 is assumed/;

    it('says that a Region is assumed', () => {
      expect(permissions(['-', ...TARGET, '-o', 'json'], queueIn('eu-west-1')).stderr).toMatch(HINT);
    });

    it.each([
      ['where the Region is given', ['--region', 'us-east-1'], queueIn('eu-west-1')],
      ['where nothing is left out', [], queueIn('us-east-1')],
      ['where it is another account that it lies in', [], queueIn('us-east-1', '333333333333')],
    ])('says nothing of that %s', (_, args, definition) => {
      expect(permissions(['-', ...TARGET, ...args], definition).stderr).not.toMatch(HINT);
    });
  });

  it('reads YAML', () => {
    const yaml = [
      'StartAt: A',
      'States:',
      '  A:',
      '    Type: Task',
      '    Resource: arn:aws:states:::dynamodb:getItem',
      '    Parameters: {TableName: orders}',
      '    End: true',
    ].join('\n');
    const { status, stdout } = permissions(['-', ...TARGET, '-o', 'json'], yaml);
    expect(status).toBe(0);
    expect(stdout).toMatch(/table\/orders/);
  });
});

describe('permissions for a person', () => {
  it('shows each statement with its Tasks, and each open decision with what to write', () => {
    const { status, stdout } = permissions(['-', ...TARGET], JSON.stringify(DEFINITION));
    expect(status).toBe(2);
    expect(stdout).toBe(`Target role in account 222222222222 (aws, us-east-1): 1 statement for 2 Tasks

CrossAccountLinkLambdaInvokeFunction
  allow lambda:InvokeFunction
  on    arn:aws:lambda:us-east-1:222222222222:function:charge
  for   "Charge card"

1 open decision

ResourceNotStatic: Task "Notify owner" needs sns:Publish, but TopicArn is known only at run time ($.topic): list the ARNs for this task under spec.targetRole.permissions.resources, or write a statement
    targetRole:
      permissions:
        resources: # narrow each *
          - {task: "Notify owner", arns: ["arn:aws:sns:us-east-1:222222222222:*", "arn:aws:sns:us-east-1:222222222222:endpoint/*"]}

For information
  Task "Notify owner": if the topic is encrypted with a customer managed key, add a statement with kms:GenerateDataKey and kms:Decrypt on the key’s ARN
`);
  });
});

describe('permissions with bad input ends with 1 and says what is wrong', () => {
  const cases: [string, readonly string[], string, RegExp][] = [
    ['no account', ['-'], '{}', /required option '--target-account <id>'/],
    ['an account that is none', ['-', '--target-account', '12'], '{}', /--target-account 12: twelve digits/],
    ['a Region that is none', ['-', ...TARGET, '--region', 'here'], '{}', /--region here/],
    ['a partition that is none', ['-', ...TARGET, '--partition', 'gcp'], '{}', /--partition gcp/],
    [
      'a format that is none',
      ['-', ...TARGET, '-o', 'xml'],
      '{}',
      /--output <format>' argument 'xml' is invalid/,
    ],
    ['no such file', ['/nowhere.json', ...TARGET], '', /\/nowhere\.json/],
    [
      'an ARN',
      ['arn:aws:states:us-east-1:111111111111:stateMachine:x', ...TARGET],
      '',
      /stateMachine:x is not a file, and this works offline: aws stepfunctions describe-state-machine/,
    ],
    [
      'an address',
      ['s3://bucket/key', ...TARGET],
      '',
      /^error: s3:\/\/bucket\/key is not a file, .*: fetch it first\n$/,
    ],
    ['no definition', ['-', ...TARGET], '{"States": 1}', /definition at States/],
    ['an empty text', ['-', ...TARGET], '', /^error: standard input: is empty\n$/],
    ['a list', ['-', ...TARGET], '[]', /^error: standard input: is not a state machine definition\n$/],
    ['a word', ['-', ...TARGET], 'word', /^error: standard input: is not a state machine definition\n$/],
    ['a file without end', ['/dev/zero', ...TARGET], '', /^error: \/dev\/zero: is larger than 64 MB/],
    ['broken JSON', ['-', ...TARGET], '{"States":', /is neither JSON nor YAML/],
    ['broken YAML', ['-', ...TARGET], 'a: [', /error: /],
    ['a YAML of many aliases', ['-', ...TARGET], yamlBomb(), /error: .*alias/i],
    ['no such verb option', ['-', ...TARGET, '--frob'], '{}', /unknown option '--frob'/],
  ];
  for (const [name, args, input, message] of cases) {
    it(name, () => {
      const { status, stdout, stderr } = permissions(args, input);
      expect(stderr).toMatch(message);
      expect([status, stdout]).toStrictEqual([1, '']);
    });
  }
});

/** Nine levels of nine: 387 million strings, were it unfolded. */
function yamlBomb(): string {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [at, name] of [...'bcdefghi'].entries()) {
    const before = String.fromCharCode('a'.charCodeAt(0) + at);
    levels.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`);
  }
  return levels.join('\n');
}

function bus(index: number): string {
  return `arn:aws:events:us-east-1:222222222222:event-bus/${'b'.repeat(200)}${index}`;
}

describe('a policy larger than a role holds', () => {
  const States = Object.fromEntries(
    Array.from({ length: 45 }, (_, index) => [
      `T${index}`,
      {
        Type: 'Task',
        Resource: 'arn:aws:states:::events:putEvents',
        Parameters: { Entries: [{ EventBusName: bus(index) }] },
        ...(index === 44 ? { End: true } : { Next: `T${index + 1}` }),
      },
    ]),
  );
  const definition = JSON.stringify({ StartAt: 'T0', States });

  it('is said, with 2 as exit status', () => {
    const { status, stdout } = permissions(['-', ...TARGET], definition);
    expect(status).toBe(2);
    expect(stdout).toMatch(/GrantTooLarge: the policy has \d{5} characters, and IAM allows 10240: /);
  });

  it('is fine where the account had its quota raised', () => {
    const { status, stdout } = permissions(['-', ...TARGET, '--inline-policy-length', '20480'], definition);
    expect(status).toBe(0);
    expect(stdout).not.toContain('GrantTooLarge');
  });

  it.each(['0', '-1', 'many', '1e9'])('takes no quota of %s', (quota) => {
    const { status, stderr } = permissions(['-', ...TARGET, '--inline-policy-length', quota], definition);
    expect(status).toBe(1);
    expect(stderr).toContain('It is a number of characters.');
  });
});
