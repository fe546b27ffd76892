/** `permissions` finds state machines in templates, plans, states and manifests of other tools. */
import { describe, expect, it } from '@jest/globals';
import { permissions } from '../../../src/cli/permissions/permissions.ts';
import { Written } from './fixtures.ts';
import { QUEUE, RESOURCE, sending, JSON_TEXT, derive, resources, INDENTED } from './definition-fixtures.ts';

const MACHINE = 'AWS::StepFunctions::StateMachine';
const template = (Resources: object) => JSON.stringify({ Resources });

describe('machines inside other files', () => {
  const files: readonly [string, string, object][] = [
    [
      'the answer of describe-state-machine',
      JSON.stringify({
        stateMachineArn: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
        name: 'checkout',
        status: 'ACTIVE',
        definition: JSON_TEXT,
        roleArn: 'r',
        type: 'STANDARD',
      }),
      { '': [RESOURCE] },
    ],
    [
      'a template with its definition as a text',
      template({ Checkout: { Type: MACHINE, Properties: { DefinitionString: JSON_TEXT } } }),
      { '': [RESOURCE] },
    ],
    [
      'a template with its definition as an object',
      template({ Checkout: { Type: MACHINE, Properties: { Definition: sending() } } }),
      { '': [RESOURCE] },
    ],
    [
      'a template with substitutions that are known',
      template({
        Checkout: {
          Type: MACHINE,
          Properties: { Definition: sending('${Url}'), DefinitionSubstitutions: { Url: QUEUE } },
        },
      }),
      { '': [RESOURCE] },
    ],
    [
      'a template in YAML with short forms',
      `Resources:\n  Checkout:\n    Type: ${MACHINE}\n    Properties:\n      DefinitionString: !Sub |\n        ${JSON.stringify(sending('https://sqs.${AWS::Region}.amazonaws.com/222222222222/orders'))}\n`,
      { '': [RESOURCE] },
    ],
    [
      'a SAM template',
      `Transform: AWS::Serverless-2016-10-31\nResources:\n  Checkout:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Definition: ${JSON.stringify(sending('${Url}'))}\n      DefinitionSubstitutions: {Url: !Sub "https://sqs.\${AWS::Region}.amazonaws.com/222222222222/orders"}\n`,
      { '': [RESOURCE] },
    ],
    [
      'a template as CDK synthesizes it',
      template({
        CheckoutE1A2: {
          Type: MACHINE,
          Properties: {
            DefinitionString: {
              'Fn::Join': [
                '',
                [
                  JSON_TEXT.slice(0, JSON_TEXT.indexOf('us-east-1')),
                  { Ref: 'AWS::Region' },
                  JSON_TEXT.slice(JSON_TEXT.indexOf('us-east-1') + 9),
                ],
              ],
            },
          },
        },
      }),
      { '': [RESOURCE] },
    ],
    [
      'a template with two machines',
      template({
        A: { Type: MACHINE, Properties: { Definition: sending() } },
        B: { Type: MACHINE, Properties: { Definition: sending(QUEUE.replace('orders', 'refunds')) } },
        Topic: { Type: 'AWS::SNS::Topic' },
      }),
      { A: [RESOURCE], B: [RESOURCE.replace('orders', 'refunds')] },
    ],
    [
      'a Terraform plan, modules included',
      JSON.stringify({
        format_version: '1.2',
        planned_values: {
          root_module: {
            resources: [
              { address: 'aws_sqs_queue.q', type: 'aws_sqs_queue', values: {} },
              {
                address: 'aws_sfn_state_machine.a',
                type: 'aws_sfn_state_machine',
                values: { definition: JSON_TEXT },
              },
            ],
            child_modules: [
              {
                child_modules: [
                  {
                    resources: [
                      {
                        address: 'module.m.aws_sfn_state_machine.b',
                        type: 'aws_sfn_state_machine',
                        values: { definition: JSON_TEXT },
                      },
                    ],
                  },
                ],
              },
            ],
          },
        },
      }),
      { 'aws_sfn_state_machine.a': [RESOURCE], 'module.m.aws_sfn_state_machine.b': [RESOURCE] },
    ],
    [
      'a Terraform state',
      JSON.stringify({
        format_version: '1.0',
        values: {
          root_module: {
            resources: [
              {
                address: 'aws_sfn_state_machine.a',
                type: 'aws_sfn_state_machine',
                values: { definition: JSON_TEXT },
              },
            ],
          },
        },
      }),
      { '': [RESOURCE] },
    ],
  ];
  it.each(files)('%s', async (_, text, expected) => {
    expect(await resources(text)).toStrictEqual(expected);
  });

  it('leave what only a deployment knows an open decision by its name', async () => {
    const { status, value } = await derive(
      template({
        Checkout: {
          Type: MACHINE,
          Properties: {
            Definition: sending('${Queue}'),
            DefinitionSubstitutions: { Queue: { Ref: 'OrdersQueue' } },
          },
        },
      }),
    );
    expect(status).toBe(2);
    expect(value.diagnostics[0]).toMatchObject({ task: 'Send', reason: 'ResourceNotStatic' });
    expect(value.diagnostics[0].message).toContain('${Queue}');
  });

  const machine = (Properties: object) => ({ Type: MACHINE, Properties });
  it('are reported although another one of them is no definition', async () => {
    const text = template({
      Good: machine({ DefinitionString: JSON_TEXT }),
      Broken: machine({ DefinitionString: '{broken' }),
    });
    const { status, value, warnings } = await derive(text);
    expect(value.policy.Statement[0].Resource).toStrictEqual([RESOURCE]);
    expect(warnings).toContain('Broken: definition: is not JSON');
    expect(status).toBe(2);
  });

  it('are read where Fn::ToJsonString makes their text', async () => {
    const text = template({ Send: machine({ DefinitionString: { 'Fn::ToJsonString': sending() } }) });
    expect(await resources(text)).toStrictEqual({ '': [RESOURCE] });
  });

  it('are reported one by one, also when one of them has no definition there', async () => {
    const text = template({
      A: machine({ Definition: sending() }),
      B: machine({ DefinitionUri: 'b.asl.json' }),
    });
    const { status, value, warnings } = await derive(text);
    expect(status).toBe(2);
    expect(value.policy.Statement).toHaveLength(1);
    expect(warnings).toMatch(/^file: B: .*DefinitionUri points to another file: pass that one/);
  });

  it('are read from the files that a template names, with its substitutions in them', async () => {
    const text = template({
      Send: machine({
        DefinitionUri: 'machines/send.asl.json',
        DefinitionSubstitutions: {
          Send: { 'Fn::Sub': 'arn:${AWS::Partition}:states:::sqs:sendMessage' },
          QueueUrl: QUEUE,
        },
      }),
    });
    const definition = JSON.stringify(sending('${QueueUrl}')).replace(
      'arn:aws:states:::sqs:sendMessage',
      '${Send}',
    );
    const io = new Written({ 'stacks/template.json': text, 'stacks/machines/send.asl.json': definition });
    const target = { targetAccount: '222222222222', region: 'us-east-1', output: 'json' };
    expect(await permissions('stacks/template.json', target, io)).toBe(0);
    expect(JSON.parse(io.output).policy.Statement[0].Resource).toStrictEqual([RESOURCE]);
  });

  it('stay in a file that is no definition, or cannot be found', async () => {
    const text = template({ Send: machine({ DefinitionUri: '../secret' }) });
    const target = { targetAccount: '222222222222', region: 'us-east-1' };
    for (const found of [{ 'a/t.json': text }, { 'a/t.json': text, secret: 'password: 1' }])
      await expect(permissions('a/t.json', target, new Written(found))).rejects.toThrow(
        /^a\/t\.json: Send: .*DefinitionUri points to another file: pass that one\)$/,
      );
  });

  const problems: readonly [string, string, RegExp][] = [
    [
      'a definition in another file',
      template({ A: machine({ DefinitionUri: 'a.asl.json' }) }),
      /^file: A: .*DefinitionUri points to another file/,
    ],
    [
      'a definition that is known only after apply',
      JSON.stringify({
        format_version: '1.2',
        planned_values: {
          root_module: {
            resources: [{ address: 'aws_sfn_state_machine.a', type: 'aws_sfn_state_machine', values: {} }],
          },
        },
      }),
      /^file: aws_sfn_state_machine\.a: .*known only after apply/,
    ],
    [
      'a template without a machine',
      template({ Topic: { Type: 'AWS::SNS::Topic' } }),
      /^file.* the template contains no state machine/,
    ],
    [
      'a plan without a machine',
      JSON.stringify({ format_version: '1.2', planned_values: {} }),
      /^file.* the Terraform plan contains no state machine/,
    ],
    ['an alias that is not there', 'StartAt: *nowhere\n', /^file: [^\n]+$/],
    ['a merge of what is no map', 'a: &a [1]\nStartAt: x\nStates: {<<: *a}\n', /^[^\n]+$/],
    [
      'a definition inside that is none',
      template({ A: machine({ DefinitionString: '{' }) }),
      /^file: A: [^\n]+$/,
    ],
    ['nothing', '', /^[^\n]+$/],
  ];
  it.each(problems)('are refused in one line: %s', async (_, text, message) => {
    await expect(derive(text)).rejects.toThrow(message);
  });
});

const HCL = 'resource "aws_sfn_state_machine" "pay" {\n  definition = jsonencode({ StartAt = "A" })\n}\n';

describe('the source of a tool holds no definition, and how to get one out is said', () => {
  it.each([
    ['main.tf', HCL, 'terraform show -json'],
    ['-', HCL, 'terraform show -json'],
    ['prod.tfplan', 'PK\u0003\u0004…', 'terraform show -json'],
    [
      'main.tf.json',
      '{"resource":{"aws_sfn_state_machine":{"pay":{"definition":"${jsonencode({})}"}}}}',
      'terraform show -json',
    ],
    ['stack.py', 'import aws_cdk as cdk\n\nclass Stack(cdk.Stack):\n    pass\n', 'cdk synth'],
    ['stack.ts', "import * as cdk from 'aws-cdk-lib';\nnew cdk.App();\n", 'cdk synth'],
    ['README.md', '# Checkout\n\n```json\n{}\n```\n', 'a file of its own'],
    ['pay.json', '// the checkout\n{"StartAt": "A", "States": {}}', 'remove them'],
  ])('%s', async (path, text, answer) => {
    expect(await said(path, text)).toContain(answer);
  });

  it('is not said of a definition, whatever its file is called', async () => {
    expect(await said('definition.txt', INDENTED)).toBe('');
  });
});

it('a template that does not read is said to want rendering', async () => {
  await expect(derive('StartAt: {{ .Values.first }}\nStates: {}\n')).rejects.toThrow(
    /^file: holds \{\{ … \}\} and cannot be parsed until it is rendered: render the template first/,
  );
});

async function said(path: string, text: string): Promise<string> {
  const io = new Written({ [path]: text });
  const options = { targetAccount: '222222222222', region: 'us-east-1' };
  const error: unknown = await permissions(path, options, io).catch((problem: unknown) => problem);
  return error instanceof Error ? error.message : '';
}
