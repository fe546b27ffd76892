/** Files of other tools that hold state machines, and those that only speak of them. */
import type { Json } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { machinesIn } from '../../../src/asl/inputs/machines-in.ts';

const PLACE = { partition: 'aws', region: 'us-east-1' };
const DEFINITION = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };
const TEXT = JSON.stringify(DEFINITION);

/** The Terraform state of one resource. */
function state(resource: Json): Json {
  return { version: 4, terraform_version: '1.9.5', serial: 7, resources: [resource] };
}

function sfn(instances: Json, rest: { readonly [key: string]: Json } = {}): Json {
  return { mode: 'managed', type: 'aws_sfn_state_machine', name: 'checkout', instances, ...rest };
}

const HOLDING: readonly (readonly [what: string, document: Json, names: readonly string[]])[] = [
  [
    'a Terraform state',
    state(sfn([{ attributes: { definition: TEXT } }])),
    ['aws_sfn_state_machine.checkout'],
  ],
  [
    'a Terraform state with modules and indexes',
    state(sfn([{ index_key: 'eu', attributes: { definition: TEXT } }], { module: 'module.shop' })),
    ['module.shop.aws_sfn_state_machine.checkout["eu"]'],
  ],
  [
    'a serverless.yml with serverless-step-functions',
    {
      service: 'shop',
      provider: { name: 'aws' },
      stepFunctions: { stateMachines: { checkout: { definition: DEFINITION } } },
    },
    ['checkout'],
  ],
  [
    'the resources of a serverless.yml',
    {
      service: 'shop',
      provider: 'aws',
      resources: {
        Resources: {
          Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: TEXT } },
        },
      },
    },
    ['Machine'],
  ],
  [
    'an exported Pulumi stack',
    {
      version: 3,
      deployment: {
        resources: [
          {
            urn: 'urn:pulumi:dev::shop::aws:sfn/stateMachine:StateMachine::checkout',
            type: 'aws:sfn/stateMachine:StateMachine',
            outputs: { definition: TEXT },
          },
        ],
      },
    },
    ['checkout'],
  ],
  [
    'a Pulumi program in YAML',
    {
      name: 'shop',
      runtime: 'yaml',
      resources: { checkout: { type: 'aws:sfn:StateMachine', properties: { definition: TEXT } } },
    },
    ['checkout'],
  ],
  [
    'a StateMachine of AWS Controllers for Kubernetes',
    {
      apiVersion: 'sfn.services.k8s.aws/v1alpha1',
      kind: 'StateMachine',
      metadata: { name: 'checkout' },
      spec: { definition: TEXT },
    },
    ['checkout'],
  ],
  [
    'a list of StateMachines of Crossplane',
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'sfn.aws.upbound.io/v1beta1',
          kind: 'StateMachine',
          metadata: { name: 'checkout' },
          spec: { forProvider: { definition: TEXT } },
        },
      ],
    },
    ['checkout'],
  ],
  [
    'a template as get-template prints it',
    {
      TemplateBody: {
        Resources: {
          Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: { Definition: DEFINITION } },
        },
      },
    },
    ['Machine'],
  ],
];

describe('the machines are read out of', () => {
  it.each(HOLDING)('%s', (_what, document, names) => {
    expect(machinesIn(document, PLACE)).toStrictEqual(names.map((name) => ({ name, definition: TEXT })));
  });
});

describe('a function of a serverless.yml', () => {
  it('stays a placeholder in the definition', () => {
    const definition = {
      StartAt: 'Pay',
      States: { Pay: { Type: 'Task', Resource: { 'Fn::GetAtt': ['pay', 'Arn'] }, End: true } },
    };
    const document = { stepFunctions: { stateMachines: { checkout: { definition } } } };
    const [found] = machinesIn(document, PLACE);
    expect(found).toHaveProperty('definition', expect.stringContaining('"Resource":"${pay.Arn}"'));
  });
});

const WITHOUT: readonly (readonly [what: string, document: Json, said: RegExp])[] = [
  [
    'a state without machines',
    state({ type: 'aws_sqs_queue', instances: [] }),
    /Terraform state contains no state machine/,
  ],
  [
    'a serverless.yml without machines',
    { service: 'shop', provider: { name: 'aws' } },
    /serverless\.yml contains no state machine/,
  ],
  [
    'a manifest of something else',
    { apiVersion: 'v1', kind: 'ConfigMap' },
    /Kubernetes manifest without a StateMachine/,
  ],
  [
    'a list of machines',
    { stateMachines: [{ name: 'checkout' }] },
    /describe-state-machine --state-machine-arn/,
  ],
  [
    'what update-state-machine answered',
    { stateMachineArn: 'arn', updateDate: 1 },
    /describe-state-machine --state-machine-arn/,
  ],
  ['the manifest of a CDK app', { version: '36.0.0', artifacts: {} }, /template\.json/],
  ['a template as text', { TemplateBody: 'Resources: {}' }, /get-template --query TemplateBody/],
  [
    'a Pulumi stack without machines',
    { version: 3, deployment: { resources: [] } },
    /Pulumi stack contains no state machine/,
  ],
];

describe('it is said how to get a definition out of', () => {
  it.each(WITHOUT)('%s', (_what, document, said) => {
    expect(() => machinesIn(document, PLACE)).toThrow(said);
  });

  it('a serverless.yml that points to another file', () => {
    const machines = { checkout: { definition: '${file(checkout.asl.json)}' } };
    expect(machinesIn({ stepFunctions: { stateMachines: machines } }, PLACE)).toStrictEqual([
      { name: 'checkout', problem: '"${file(checkout.asl.json)}" points to another file: pass that one' },
    ]);
  });

  it('a Pulumi stack whose definition is only known later', () => {
    const resource = { urn: 'a::checkout', type: 'aws:sfn/stateMachine:StateMachine', outputs: {} };
    expect(machinesIn({ deployment: { resources: [resource] } }, PLACE)).toStrictEqual([
      {
        name: 'checkout',
        problem: 'its definition is known only after it is deployed: pass the definition itself',
      },
    ]);
  });
});
