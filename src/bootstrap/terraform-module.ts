/** The statements of the Terraform module in deploy/terraform, as HCL. The rest of the module is written by hand. */
import {
  rolloutPermissions,
  rolloutTrust,
  type ConditionalStatement,
  type Placeholders,
  type Switch,
} from './rollout.ts';

const NAMES: Placeholders = {
  partition: '${local.partition}',
  accountId: '${local.account_id}',
  operatorArn: '${var.operator_arn}',
  externalId: '${var.external_id}',
  operatorRole: '${var.role_name}',
  clusterId: '${var.cluster_id}',
  stateMachines: '${var.state_machines}',
  stepFunctions: ['states.amazonaws.com', 'states.${data.aws_partition.current.dns_suffix}'],
  executionRoles: '${var.execution_roles}',
  rolePathPrefix: '${var.role_path_prefix}',
  boundaryArn: '${local.boundary_arn}',
  managedPolicyArns: '${var.managed_policy_arns}',
  stateMachineKeyArns: '${var.state_machine_key_arns}',
  eventQueueArn: '${var.event_queue_arn}',
};

const CONDITIONS: Readonly<Record<Switch, string>> = {
  Source: 'local.source',
  Target: 'local.target',
  ExternalId: 'var.external_id != ""',
  Boundary: 'var.boundary_policy != ""',
  ManagedPolicies: 'length(var.managed_policy_arns) > 0',
  StateMachineKeys: 'length(var.state_machine_key_arns) > 0',
  EventQueue: 'var.event_queue_arn != ""',
  AccountDetails: 'var.role_reads == "Account"',
};

/** The file `statements.tf`: each statement of the two policies, with its condition. */
export function terraformStatements(): string {
  return `# Generated from src/bootstrap (npm run generate): what "kubectl crossaccountlink bootstrap" prints, for any account.

locals {
  trust_statements = ${list(rolloutTrust(NAMES))}

  permission_statements = ${list(rolloutPermissions(NAMES))}
}
`;
}

function list(rows: readonly ConditionalStatement[]): string {
  return `[\n${rows.map((row) => indent(rowText(row), 4)).join('\n')}\n  ]`;
}

function rowText({ on, off, statement }: ConditionalStatement): string {
  const terms = [...on.map((name) => CONDITIONS[name]), ...off.map((name) => `!(${CONDITIONS[name]})`)];
  const when = terms.length === 0 ? 'true' : terms.join(' && ');
  return `{\n  when = ${when}\n  statement = ${indent(hcl(statement), 2).trimStart()}\n},`;
}

function hcl(value: unknown): string {
  if (typeof value === 'string') return reference(value) ?? JSON.stringify(value);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const whole = items.length === 1 ? reference(String(items[0])) : undefined;
    return whole?.endsWith('_arns') === true ? whole : `[${items.map(hcl).join(', ')}]`;
  }
  return `{\n${indent(aligned(Object.entries(Object(value))), 2)}\n}`;
}

/** Aligned as by `terraform fmt`: the equals signs of consecutive single lines are in one column. */
function aligned(fields: readonly (readonly [string, unknown])[]): string {
  const lines = fields.map(([key, value]) => ({ key: keyText(key), text: hcl(value) }));
  const groups: (typeof lines)[] = [];
  let wasSingle = false;
  for (const line of lines) {
    const isSingle = !line.text.includes('\n');
    if (isSingle && wasSingle) groups.at(-1)?.push(line);
    else groups.push([line]);
    wasSingle = isSingle;
  }
  return groups
    .flatMap((group) => {
      const width = Math.max(...group.map(({ key }) => key.length));
      return group.map(({ key, text }) => `${key.padEnd(width)} = ${text}`);
    })
    .join('\n');
}

function keyText(key: string): string {
  return /^[A-Za-z]+$/.test(key) ? key : JSON.stringify(key);
}

/** `var.x` if the text is only that placeholder. */
function reference(text: string): string | undefined {
  return /^\$\{([\w.]+)\}$/.exec(text)?.[1];
}

function indent(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
}
