/** The operator's role for organizations, deploy/aws/operator-role.yaml and deploy/terraform: what `bootstrap` prints. */
import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import {
  bothPolicies,
  operatorTrust,
  sourcePolicy,
  targetPolicy,
} from '../../../src/bootstrap/operator-policy.ts';
import { bootstrap } from '../../../src/cli/bootstrap/bootstrap.ts';
import { samePolicy } from '../../../src/policy/canonical.ts';
import type { PolicyDocument } from '../../../src/policy/document.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { run } from '../../../testbed/process.ts';
import { ensureCfnLint } from '../../../testbed/tools/python-tools.ts';
import { evaluateModule } from '../../../testbed/tools/terraform.ts';
import { said } from '../../pure/cli/fixtures.ts';
import { about } from '../../expectations.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What bin/cfn-lint does; scripts of a virtual environment that was moved do not run. */
const CFN_LINT = 'from cfnlint.runner import main; main()';
const ACCOUNT = '222222222222';
const OPERATOR = 'arn:aws-cn:iam::999999999999:role/crossaccountlink';

/** What an account is given; what is left out stays at its default. */
interface Given {
  readonly side: 'source' | 'target' | 'both';
  readonly externalId?: string;
  readonly boundary?: string;
  readonly managedPolicies?: readonly string[];
  readonly keys?: readonly string[];
  readonly queue?: string;
  readonly perRole?: boolean;
}

const KEY = `arn:aws-cn:kms:cn-north-1:${ACCOUNT}:key/1-2`;
const QUEUE = `arn:aws-cn:sqs:cn-north-1:${ACCOUNT}:changes`;
const MANAGED = ['arn:aws-cn:iam::aws:policy/ReadOnlyAccess', `arn:aws-cn:iam::${ACCOUNT}:policy/x`];
const ALL = {
  externalId: 'mine',
  boundary: 'teams/boundary',
  managedPolicies: MANAGED,
  keys: [KEY],
  queue: QUEUE,
} as const;
const CASES: readonly Given[] = [
  { side: 'source' },
  { side: 'target' },
  { side: 'both' },
  { side: 'both', ...ALL },
  { side: 'source', ...ALL },
  { side: 'target', ...ALL },
  { side: 'both', ...ALL, perRole: true },
  { side: 'target', boundary: 'b' },
  { side: 'target', managedPolicies: MANAGED },
  { side: 'source', keys: [KEY], perRole: true },
  { side: 'both', externalId: 'mine', queue: QUEUE },
];

/** What the program says for one account. */
function expected({ side, externalId, boundary, managedPolicies = [], keys = [], queue, perRole }: Given) {
  const account = {
    partition: 'aws-cn',
    accountId: ACCOUNT,
    operatorRole: 'crossaccountlink-operator',
    clusterId: 'production',
    stateMachines: 'checkout*',
    executionRoles: 'payments/*',
    rolePathPrefix: '/crossaccountlink/',
    stateMachineKeyArns: keys,
    managedPolicyArns: managedPolicies,
    roleReads: perRole === true ? 'PerRole' : 'Account',
    ...(queue !== undefined && { eventQueueArn: queue }),
    ...(boundary !== undefined && { boundaryArn: `arn:aws-cn:iam::${ACCOUNT}:policy/${boundary}` }),
  } as const;
  const policies = { source: sourcePolicy, target: targetPolicy, both: bothPolicies };
  return { trust: operatorTrust(OPERATOR, externalId), permissions: policies[side](account) };
}

function same(what: string, found: unknown, wanted: PolicyDocument): void {
  const document = parsePolicy(typeof found === 'string' ? found : JSON.stringify(found));
  about(`${what}\n${JSON.stringify(found, null, 1)}`, () => expect(samePolicy(document, wanted)).toBe(true));
}

/** A CloudFormation template as CloudFormation would fill it in: the intrinsic functions that it uses. */
function fill(template: string, values: Readonly<Record<string, unknown>>) {
  const { Parameters, Conditions, Resources } = parse(template);
  const defaults = Object.entries(Object(Parameters)).map(([name, one]) => {
    const { Type, Default } = Object(one);
    const list = Type === 'CommaDelimitedList' && typeof Default === 'string';
    return [name, list ? Default.split(',') : Default];
  });
  const known: Record<string, unknown> = {
    ...Object.fromEntries(defaults),
    'AWS::Partition': 'aws-cn',
    'AWS::URLSuffix': 'amazonaws.com.cn',
    'AWS::AccountId': ACCOUNT,
    ...values,
  };
  const resolve = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(resolve).filter((item) => item !== undefined);
    if (typeof node !== 'object' || node === null) return node;
    const [[name = '', argument] = [], ...others] = Object.entries(node);
    if (others.length === 0 && name === 'Ref') return known[String(argument)];
    if (others.length === 0 && name === 'Fn::Sub')
      return String(argument).replaceAll(/\$\{([\w:]+)\}/g, (_, key: string) => String(known[key]));
    if (others.length === 0 && name === 'Fn::If') {
      const [condition, yes, no] = Object(argument);
      return resolve(resolve(Conditions[String(condition)]) === true ? yes : no);
    }
    if (others.length === 0 && name === 'Fn::Equals') {
      const [left, right] = Object(resolve(argument));
      return left === right;
    }
    if (others.length === 0 && name === 'Fn::Not') return Object(resolve(argument))[0] === false;
    if (others.length === 0 && name === 'Fn::Join') {
      const [separator, items] = Object(resolve(argument));
      return items.join(separator);
    }
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, resolve(inner)]));
  };
  return Object(resolve(Resources)).OperatorRole.Properties;
}

const parametersFor = ({ side, externalId, boundary, managedPolicies, keys, queue, perRole }: Given) => ({
  Side: side,
  OperatorArn: OPERATOR,
  ClusterId: 'production',
  StateMachines: 'checkout*',
  ExecutionRoles: 'payments/*',
  ...(externalId !== undefined && { ExternalId: externalId }),
  ...(boundary !== undefined && { BoundaryPolicy: boundary }),
  ...(managedPolicies !== undefined && { ManagedPolicyArns: managedPolicies }),
  ...(keys !== undefined && { StateMachineKeyArns: keys }),
  ...(queue !== undefined && { EventQueueArn: queue }),
  ...(perRole === true && { RoleReads: 'PerRole' }),
});

const template = readFileSync(`${ROOT}deploy/aws/operator-role.yaml`, 'utf8');

/** What bootstrap --stack-set prints, everything given that it takes. */
const { output: stackSet } = said((io) =>
  bootstrap(
    {
      as: 'both',
      stackSet: true,
      operator: OPERATOR,
      partition: 'aws-cn',
      externalId: 'mine',
      clusterId: 'production',
      stateMachines: 'checkout*',
      executionRoles: 'payments/*',
      stateMachineKey: [KEY],
      rolePathPrefix: '/crossaccountlink/',
      boundary: `arn:aws-cn:iam::${ACCOUNT}:policy/teams/boundary`,
      managedPolicy: MANAGED,
      eventQueue: QUEUE,
      output: 'cloudformation',
    },
    io,
  ),
);

// In one run of cfn-lint, because its start takes most of the time.
it('what is in deploy/aws, and what bootstrap --stack-set prints, is sound CloudFormation', async () => {
  const python = await ensureCfnLint();
  const folder = await mkdtemp(join(tmpdir(), 'operator-role-'));
  try {
    const printed = join(folder, 'stack-set.yaml');
    await writeFile(printed, stackSet);
    const paths = [...globSync(`${ROOT}deploy/aws/*.yaml`), printed];
    expect(paths.length).toBeGreaterThan(3);
    const outcome = await run(python, ['-c', CFN_LINT, ...paths], { env: cleanEnvironment() });
    about(outcome.stdout + outcome.stderr, () => expect(outcome.exitCode).toBe(0));
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('deploy/aws/operator-role.yaml', () => {
  it('names no account', () => {
    expect(template).not.toMatch(/[^{\d]\d{12}[^}\d]/);
  });

  it.each(CASES)('filled in for %j, is what bootstrap prints', (given) => {
    const { AssumeRolePolicyDocument, Policies } = fill(template, parametersFor(given));
    const { trust, permissions } = expected(given);
    same('trust', AssumeRolePolicyDocument, trust);
    same('permissions', Policies[0].PolicyDocument, permissions);
  });

  it('is what bootstrap --stack-set prints, its parameters filled with what was said', () => {
    const { AssumeRolePolicyDocument, Policies } = fill(stackSet, {});
    const { trust, permissions } = expected({ side: 'both', ...ALL });
    same('trust', AssumeRolePolicyDocument, trust);
    same('permissions', Policies[0].PolicyDocument, permissions);
  });
});

const variablesFor = ({ side, externalId, boundary, managedPolicies, keys, queue, perRole }: Given) => ({
  side,
  operator_arn: OPERATOR,
  cluster_id: 'production',
  state_machines: 'checkout*',
  execution_roles: 'payments/*',
  ...(externalId !== undefined && { external_id: externalId }),
  ...(boundary !== undefined && { boundary_policy: boundary }),
  ...(managedPolicies !== undefined && { managed_policy_arns: managedPolicies }),
  ...(keys !== undefined && { state_machine_key_arns: keys }),
  ...(queue !== undefined && { event_queue_arn: queue }),
  ...(perRole === true && { role_reads: 'PerRole' }),
});

describe('deploy/terraform', () => {
  const folder = `${ROOT}deploy/terraform`;
  const data = {
    aws_partition: { current: { partition: 'aws-cn', dns_suffix: 'amazonaws.com.cn' } },
    aws_caller_identity: { current: { account_id: ACCOUNT } },
  };
  it.each(CASES)('evaluated for %j, is what bootstrap prints', async (given) => {
    const { resources, unformatted } = await evaluateModule(folder, variablesFor(given), data);
    const { trust, permissions } = expected(given);
    same('trust', resources['aws_iam_role.operator']?.['assume_role_policy'], trust);
    same('permissions', resources['aws_iam_role_policy.operator']?.['policy'], permissions);
    expect(unformatted).toStrictEqual([]);
  });

  it.each([
    [{ operator_arn: 'nonsense' }, /operator_arn is the ARN of an IAM role or user/],
    [{ operator_arn: 'arn:aws-moon:iam::999999999999:role/x' }, /operator_arn/],
    [{ side: 'sauce' }, /side is source, target or both/],
    [{ external_id: 'x' }, /external_id is 2 to 1224/],
    [{ cluster_id: '' }, /cluster_id is needed where links lead into/],
    [{ execution_roles: '' }, /execution_roles is needed where links lead from/],
    [{ execution_roles: '/payments/*' }, /execution_roles is a path and a name/],
    [{ role_path_prefix: 'roles' }, /role_path_prefix begins and ends with/],
    [{ event_queue_arn: 'https://sqs.us-east-1.amazonaws.com/2/q' }, /not its URL/],
    [{ managed_policy_arns: ['ReadOnlyAccess'] }, /managed_policy_arns are ARNs/],
    [{ state_machine_key_arns: ['alias/x'] }, /ARNs of KMS keys/],
    [{ role_reads: 'Never' }, /role_reads is Account or PerRole/],
    [{ colour: 'blue' }, /no variable is named colour/],
  ])('refuses %j', async (variables, message) => {
    await expect(
      evaluateModule(folder, { ...variablesFor({ side: 'both' }), ...variables }, data),
    ).rejects.toThrow(message);
  });
});
