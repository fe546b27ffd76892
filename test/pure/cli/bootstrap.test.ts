import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PARTITION_NAMES } from '../../../src/arn/partitions.ts';
import { bootstrap, type BootstrapOptions } from '../../../src/cli/bootstrap/bootstrap.ts';
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
  it.each([
    [
      'target',
      { stateMachines: '*', executionRoles: 'payments/*' },
      ['--execution-roles is for --as source'],
    ],
    ['source', { rolePathPrefix: '/links/' }, ['--cluster-id', '--role-path-prefix is for --as target']],
    ['both', { identity: 'irsa' }, ['--identity is for --as operator']],
    ['both', {}, []],
  ])('warns of options that mean nothing to %s: %j', (as, options, warnings) => {
    const { warnings: warned } = said((io) => bootstrap({ ...OPTIONS, as, ...options }, io));
    const lines = warned.split('\n').slice(0, -1);
    expect(lines).toHaveLength(warnings.length);
    for (const [index, warning] of warnings.entries()) expect(lines[index]).toContain(`warning: ${warning}`);
  });

  it.each(['no', 'on', 'Yes', '12:30:45', '1_000', '0777'])(
    'writes %s so that CloudFormation, which reads YAML 1.1, takes it for text',
    (externalId) => {
      const { OperatorRole } = parse(run({ externalId }), { version: '1.1' }).Resources;
      const [{ Condition }] = OperatorRole.Properties.AssumeRolePolicyDocument.Statement;
      expect(Condition.StringEquals['sts:ExternalId']).toStrictEqual([externalId]);
    },
  );

  it.each([
    ['aws', ['states.amazonaws.com']],
    ['aws-us-gov', ['states.amazonaws.com']],
    ['aws-cn', ['states.amazonaws.com', 'states.amazonaws.com.cn']],
    ['aws-iso', ['states.amazonaws.com', 'states.c2s.ic.gov']],
    ['aws-eusc', ['states.amazonaws.com', 'states.amazonaws.eu']],
  ])('lets execution roles in %s be passed to Step Functions by each of its names', (partition, services) => {
    const { OperatorRole } = parse(
      run({ as: 'source', partition, operator: `arn:${partition}:iam::999999999999:role/operator` }),
    ).Resources;
    const { Statement } = OperatorRole.Properties.Policies[0].PolicyDocument;
    const passing = Statement.find(({ Sid }: { Sid: string }) => Sid === 'KeepExecutionRole');
    expect(passing.Condition).toStrictEqual({ StringEquals: { 'iam:PassedToService': services } });
  });

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
      {
        Sid: 'SessionTagsOfOperator',
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::999999999999:role/operator'] },
        Action: ['sts:TagSession'],
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

  it('asks for what options ask for, and nothing else', () => {
    const boundary = 'arn:aws:iam::222222222222:policy/boundary';
    expect(sids({})).toContain('DropBoundaries');
    expect(sids({ boundary })).not.toContain('DropBoundaries');
    expect(sids({ boundary })).toContain('NeverDropBoundaries');
    expect(sids({})).not.toContain('AttachNamedPolicies');
    expect(sids({ managedPolicy: ['arn:aws:iam::aws:policy/X'] })).toContain('AttachNamedPolicies');
    expect(sids({})).not.toContain('HearOfChanges');
    expect(sids({ eventQueue: 'arn:aws:sqs:us-east-1:222222222222:q' })).toContain('HearOfChanges');
    expect(sids({ as: 'source' })).not.toContain('ReadExecutions');
    const elsewhere = sids({ as: 'source', eventQueue: 'arn:aws:sqs:us-east-1:333333333333:q' });
    expect(elsewhere).toContain('ReadExecutions');
    expect(elsewhere).not.toContain('HearOfChanges');
    expect(sids({ as: 'source' })).not.toContain('UseKeysOfStateMachines');
    const stateMachineKey = ['arn:aws:kms:us-east-1:111111111111:key/k'];
    expect(sids({ as: 'source', stateMachineKey })).toContain('UseKeysOfStateMachines');
  });

  it('prints one role with one policy for an account that is both', () => {
    const both = sids({ as: 'both' });
    expect(new Set(both)).toStrictEqual(new Set([...sids({ as: 'source' }), ...sids({ as: 'target' })]));
    expect(both).toHaveLength(new Set(both).size);
    expect(JSON.stringify(parse(run({ as: 'both' }))).replaceAll(/\s/g, '').length).toBeLessThan(10_240);
  });

  it('does without GetAccountAuthorizationDetails where roles are read one by one', () => {
    for (const as of ['source', 'target', 'both']) {
      expect(run({ as })).toContain('GetAccountAuthorizationDetails');
      expect(run({ as, roleReads: 'PerRole' })).not.toContain('GetAccountAuthorizationDetails');
    }
  });

  const BOUNDARY = 'arn:aws:iam::222222222222:policy/b';
  const refused: readonly [string, Partial<BootstrapOptions>, RegExp][] = [
    ['an account that is none', { account: '12' }, /--account 12: twelve digits/],
    ['what a shell made of an unset variable', { operator: '' }, /^--operator is empty: write arn:/],
    ['a side that is none', { as: 'sauce' }, /--as sauce: source, target, both and operator are known/],
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
    ["a path of AWS's own", { rolePathPrefix: '/aws-reserved/x/' }, /AWS keeps/],
    ['a path of two slashes', { rolePathPrefix: '//' }, /--role-path-prefix/],
    [
      'an operator that is nonsense',
      { operator: 'nonsense' },
      /--operator nonsense: write arn:PARTITION:iam::/,
    ],
    ['an operator that is everybody', { operator: '*' }, /--operator \*: write/],
    ['an operator that is a pattern', { operator: 'arn:aws:iam::999999999999:role/*' }, /--operator/],
    ['an account as operator', { operator: 'arn:aws:iam::999999999999:root' }, /--operator/],
    [
      'a session as operator, naming its role',
      { operator: 'arn:aws:sts::999999999999:assumed-role/Admin/me' },
      /this is a session, which ends; write its role, arn:aws:iam::999999999999:role\/Admin/,
    ],
    [
      'an operator of another partition',
      { operator: 'arn:aws-cn:iam::999999999999:role/x' },
      /another partition/,
    ],
    [
      'a partition that is none, with the list',
      { partition: 'aws-moon' },
      /"aws-moon" is not an AWS partition: use aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc/,
    ],
    ['an external ID of one character', { externalId: 'x' }, /--external-id x: an external ID is 2 to 1224/],
    ["Terraform's own signs in an external ID", { externalId: '${x}%{y}' }, /--external-id/],
    ['a cluster ID that is none', { clusterId: 'a b' }, /--cluster-id a b/],
    ['a role name with a path', { roleName: 'a/b' }, /--role-name a\/b/],
    ['a role name of 65 characters', { roleName: 'a'.repeat(65) }, /--role-name/],
    [
      'a state machine that is an ARN',
      { as: 'source', stateMachines: 'arn:aws:states:x' },
      /--state-machines/,
    ],
    [
      'execution roles as ARN',
      { as: 'source', executionRoles: 'arn:aws:iam::1:role/x' },
      /--execution-roles/,
    ],
    [
      'execution roles with a slash first',
      { as: 'source', executionRoles: '/payments/*' },
      /--execution-roles/,
    ],
    [
      'an alias of a key',
      { stateMachineKey: ['arn:aws:kms:us-east-1:222222222222:alias/x'] },
      /--state-machine-key/,
    ],
    ['a boundary that is a role', { boundary: 'arn:aws:iam::222222222222:role/b' }, /--boundary/],
    ["another account's boundary", { boundary: BOUNDARY.replaceAll('2', '3') }, /of its own account/],
    [
      "another account's managed policy",
      { managedPolicy: [BOUNDARY, BOUNDARY.replaceAll('2', '3')] },
      /--managed-policy arn:aws:iam::333333333333:.*of its own account, here 222222222222/,
    ],
    [
      'a managed policy that is a name',
      { managedPolicy: ['ReadOnlyAccess'] },
      /--managed-policy ReadOnlyAccess/,
    ],
    ["a queue's URL", { eventQueue: 'https://sqs.us-east-1.amazonaws.com/2/q' }, /its ARN, not its URL/],
    ['a FIFO queue', { eventQueue: 'arn:aws:sqs:us-east-1:222222222222:q.fifo' }, /a standard queue/],
    ['a way of reading that is none', { roleReads: 'Never' }, /--role-reads Never/],
    ['an account and a stack set', { stackSet: true }, /a stack set knows its accounts by itself/],
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

  it('fits each partition', () => {
    for (const partition of PARTITION_NAMES) {
      const arn = (rest: string) => `arn:${partition}:iam::${rest}`;
      const text = run({ as: 'both', partition, operator: arn('999999999999:role/operator') });
      const partitions = new Set([...text.matchAll(/arn:([a-z-]+):/g)].map(([, name]) => name));
      expect(partitions).toStrictEqual(new Set([partition]));
    }
  });
});

describe('bootstrap --as operator', () => {
  const { operator: _operator, ...OPERATOR } = { ...OPTIONS, as: 'operator', account: '999999999999' };
  const identity = (options: Partial<BootstrapOptions>) => {
    const { roleName: _name, ...rest } = OPERATOR;
    return parse(said((io) => bootstrap({ ...rest, ...options }, io)).output).Resources.OperatorRole
      .Properties;
  };
  const ISSUER = 'oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF';

  it.each([ISSUER, `https://${ISSUER}`, `arn:aws:iam::999999999999:oidc-provider/${ISSUER}`])(
    'trusts one ServiceAccount of the OIDC provider %s',
    (oidcProvider) => {
      const { RoleName, AssumeRolePolicyDocument } = identity({ identity: 'irsa', oidcProvider });
      expect(RoleName).toBe('crossaccountlink');
      expect(AssumeRolePolicyDocument.Statement).toStrictEqual([
        {
          Sid: 'ServiceAccountOfOperator',
          Effect: 'Allow',
          Principal: { Federated: [`arn:aws:iam::999999999999:oidc-provider/${ISSUER}`] },
          Action: ['sts:AssumeRoleWithWebIdentity'],
          Condition: {
            StringEquals: {
              [`${ISSUER}:aud`]: ['sts.amazonaws.com'],
              [`${ISSUER}:sub`]: ['system:serviceaccount:crossaccountlink-system:crossaccountlink'],
            },
          },
        },
      ]);
    },
  );

  it('trusts EKS Pod Identity for one ServiceAccount, by the tags that EKS sets', () => {
    const { AssumeRolePolicyDocument } = identity({ identity: 'pod-identity', serviceAccount: 'infra/xal' });
    expect(AssumeRolePolicyDocument.Statement).toStrictEqual([
      {
        Sid: 'PodIdentity',
        Effect: 'Allow',
        Principal: { Service: ['pods.eks.amazonaws.com'] },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: {
          StringEquals: {
            'aws:RequestTag/kubernetes-namespace': ['infra'],
            'aws:RequestTag/kubernetes-service-account': ['xal'],
          },
        },
      },
    ]);
    const untagged = identity({ identity: 'pod-identity', sessionTags: false });
    expect(untagged.AssumeRolePolicyDocument.Statement[0]).not.toHaveProperty('Condition');
  });

  it('may act as the roles that bootstrap makes, session tags handed on, and nothing else', () => {
    const [policy, ...others] = identity({ identity: 'pod-identity' }).Policies;
    expect(others).toStrictEqual([]);
    expect(policy.PolicyDocument.Statement).toStrictEqual([
      {
        Sid: 'ActAsOperatorRoles',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Resource: ['arn:aws:iam::*:role/crossaccountlink-operator'],
      },
    ]);
  });

  it.each<[Partial<BootstrapOptions>, RegExp]>([
    [{}, /--identity is missing: irsa and pod-identity are known/],
    [{ identity: 'ec2' }, /--identity ec2: irsa and pod-identity are known/],
    [{ identity: 'irsa' }, /--oidc-provider is missing: aws eks describe-cluster/],
    [{ identity: 'irsa', oidcProvider: 'not a url' }, /--oidc-provider not a url/],
    [{ identity: 'pod-identity', serviceAccount: 'xal' }, /--service-account xal: NAMESPACE\/NAME/],
    [{ identity: 'pod-identity', assume: ['*'] }, /--assume \*: write/],
    [{ identity: 'pod-identity', stackSet: true }, /--stack-set is for the linked accounts/],
  ])('refuses %j', (options, message) => {
    expect(() => identity(options)).toThrow(message);
  });
});
