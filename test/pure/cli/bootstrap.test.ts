import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { bootstrap, type BootstrapOptions } from '../../../src/cli/bootstrap.ts';
import { said } from './fixtures.ts';

const OPTIONS: BootstrapOptions = {
  as: 'target',
  account: '222222222222',
  operator: 'arn:aws:iam::999999999999:role/operator',
  externalId: 'mine',
  clusterId: 'production',
  roleName: 'crossaccountlink-operator',
  partition: 'aws',
  stateMachines: 'checkout*',
  executionRoles: 'payments/*',
  stateMachineKey: [],
  rolePathPrefix: '/crossaccountlink/',
  managedPolicy: [],
  output: 'cloudformation',
};

const run = (options: Partial<BootstrapOptions>) =>
  said((io) => bootstrap({ ...OPTIONS, ...options }, io)).output;

const sids = (options: Partial<BootstrapOptions>): readonly string[] =>
  parse(run(options)).Resources.OperatorRole.Properties.Policies[0].PolicyDocument.Statement.map(
    ({ Sid }: { Sid: string }) => Sid,
  );

describe('bootstrap', () => {
  it('prints a CloudFormation template of one role with trust and policy', () => {
    const { OperatorRole } = parse(run({})).Resources;
    expect(OperatorRole.Type).toBe('AWS::IAM::Role');
    const { RoleName, AssumeRolePolicyDocument, Policies } = OperatorRole.Properties;
    expect(RoleName).toBe('crossaccountlink-operator');
    expect(AssumeRolePolicyDocument.Statement).toStrictEqual([
      {
        Sid: 'Operator',
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::999999999999:role/operator'] },
        Action: ['sts:AssumeRole'],
        Condition: { StringEquals: { 'sts:ExternalId': ['mine'] } },
      },
    ]);
    expect(Policies).toHaveLength(1);
    expect(Policies[0].PolicyDocument.Statement.length).toBeGreaterThan(5);
  });

  it('prints the same policies for Terraform', () => {
    const terraform = run({ output: 'terraform' });
    const documents = [...terraform.matchAll(/<<-JSON\n([^]*?)\n {2}JSON/g)].map(([, json = '']) =>
      JSON.parse(json),
    );
    const { AssumeRolePolicyDocument, Policies } = parse(run({})).Resources.OperatorRole.Properties;
    expect(documents).toStrictEqual([AssumeRolePolicyDocument, Policies[0].PolicyDocument]);
  });

  it('keeps Terraform from reading ${…} and %{…} in a name as its own', () => {
    expect(run({ output: 'terraform', externalId: '${x}%{y}' })).toMatch(/"\$\$\{x\}%%\{y\}"/);
  });

  it('asks for what options ask for, and nothing else', () => {
    const boundary = 'arn:aws:iam::222222222222:policy/boundary';
    expect(sids({})).toContain('DropBoundaries');
    expect(sids({ boundary })).not.toContain('DropBoundaries');
    expect(sids({ boundary })).toContain('NeverDropBoundaries');
    expect(sids({})).not.toContain('AttachNamedPolicies');
    expect(sids({ managedPolicy: ['arn:aws:iam::aws:policy/X'] })).toContain('AttachNamedPolicies');
    expect(sids({})).not.toContain('HearOfChanges');
    expect(sids({ eventQueue: 'arn:aws:sqs:us-east-1:222222222222:q' })).toContain('HearOfChanges');
    expect(sids({ as: 'source' })).not.toContain('UseKeysOfStateMachines');
    const stateMachineKey = ['arn:aws:kms:us-east-1:111111111111:key/k'];
    expect(sids({ as: 'source', stateMachineKey })).toContain('UseKeysOfStateMachines');
  });

  const refused: readonly [string, Partial<BootstrapOptions>, RegExp][] = [
    ['an account that is none', { account: '12' }, /--account 12: twelve digits/],
    ['a side that is none', { as: 'both' }, /--as both: source and target are known/],
    [
      'a format that is none',
      { output: 'pulumi' },
      /--output pulumi: cloudformation and terraform are known/,
    ],
    [
      'a path without its slashes',
      { rolePathPrefix: 'roles' },
      /--role-path-prefix roles: it begins and ends with/,
    ],
  ];
  for (const [what, options, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => run(options)).toThrow(message);
    });
  }

  it('names the option that is missing on each side', () => {
    const { clusterId: _cluster, executionRoles: _roles, ...bare } = OPTIONS;
    expect(() => said((io) => bootstrap({ ...bare, as: 'source' }, io))).toThrow(
      /--execution-roles is missing/,
    );
    expect(() => said((io) => bootstrap({ ...bare, as: 'target' }, io))).toThrow(/--cluster-id is missing/);
  });
});
