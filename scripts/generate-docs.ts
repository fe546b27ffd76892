/**
 * Fills the parts of the documents that repeat other sources: fields (crds/), reasons, settings, metrics, alerts, the operator's
 * policies. Each part is between `<!-- generated: NAME -->` and `<!-- end -->`; a test checks that the documents are up to date.
 *
 * Usage: node scripts/generate-docs.ts
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { REASONS } from '../src/api/reasons.ts';
import { baseIdentityPolicy, irsaTrust, podIdentityTrust } from '../src/bootstrap/base-identity.ts';
import { operatorTrust, sourcePolicy, targetPolicy } from '../src/bootstrap/operator-policy.ts';
import { stackSetTemplate } from '../src/bootstrap/stack-set.ts';
import { terraformStatements } from '../src/bootstrap/terraform-module.ts';
import type { PolicyDocument } from '../src/policy/document.ts';
import { formatted } from './formatted.ts';
import { valuesTable } from './generate-chart.ts';
import { policyToJson } from '../src/policy/print.ts';
import { operatorCommand } from '../src/settings.ts';
import { LINK_METRICS } from '../src/telemetry/link-series.ts';
import { Metrics } from '../src/telemetry/metrics.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MARKED = /(<!-- generated: ([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** Where the chart puts the operator by default. */
const SERVICE_ACCOUNT = { namespace: 'crossaccountlink-system', name: 'crossaccountlink' };

/** The parts, by the name in their marker. */
const PARTS: Readonly<Record<string, () => string>> = {
  'link-fields': () => fieldsOf('crossaccountlinks'),
  'account-fields': () => fieldsOf('awsaccounts'),
  reasons,
  settings,
  metrics,
  alerts,
  'chart-values': valuesTable,
  'source-policy': () =>
    policy(
      sourcePolicy({
        partition: 'aws',
        accountId: '111111111111',
        operatorRole: 'crossaccountlink-operator',
        stateMachines: 'checkout*',
        executionRoles: 'payments/*',
        stateMachineKeyArns: [],
      }),
    ),
  'target-policy': () =>
    policy(
      targetPolicy({
        partition: 'aws',
        accountId: '222222222222',
        operatorRole: 'crossaccountlink-operator',
        clusterId: 'production',
        rolePathPrefix: '/crossaccountlink/',
        boundaryArn: 'arn:aws:iam::222222222222:policy/crossaccountlink-boundary',
        managedPolicyArns: [],
      }),
    ),
  'operator-trust': () =>
    policy(operatorTrust('arn:aws:iam::999999999999:role/crossaccountlink', 'an-id-of-your-own')),
  'pod-identity-trust': () => policy(podIdentityTrust(SERVICE_ACCOUNT)),
  'irsa-trust': () =>
    policy(
      irsaTrust(
        'aws',
        '999999999999',
        'oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE',
        SERVICE_ACCOUNT,
      ),
    ),
  'base-identity-policy': () => policy(baseIdentityPolicy(['arn:aws:iam::*:role/crossaccountlink-operator'])),
};

/** Files that are generated as a whole, by their path from the root. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const path = 'deploy/aws/operator-role.yaml';
  const template = stringify(stackSetTemplate(), { lineWidth: 0, aliasDuplicateObjects: false });
  const text = `# Generated from src/bootstrap (npm run generate).\n${template}`;
  return new Map([
    [path, await formatted(path, text)],
    ['deploy/terraform/statements.tf', terraformStatements()],
  ]);
}

/** Documents with generated parts as they should read, by their path from the root. */
export async function generatedDocuments(): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>();
  for (const path of globSync(['docs/**/*.md', 'charts/*/README.md'], { cwd: ROOT })) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    if (!text.includes('<!-- generated: ')) continue;
    const filled = text.replaceAll(
      MARKED,
      (_, begin: string, name: string, end: string) => `${begin}\n${part(name)}\n\n${end}`,
    );
    documents.set(path, await formatted(path, filled));
  }
  return documents;
}

function part(name: string): string {
  const make = PARTS[name];
  if (make === undefined) throw new Error(`nothing generates "${name}"`);
  return make();
}

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

function fieldsOf(plural: string): string {
  const crd = parse(readFileSync(join(ROOT, `crds/crossaccountlink.dev_${plural}.yaml`), 'utf8'));
  const schema: Schema = crd.spec.versions[0].schema.openAPIV3Schema;
  const lines: string[] = [];
  for (const name of ['spec', 'status']) {
    const field = schema.properties?.[name] ?? {};
    lines.push(`### \`${name}\``, plain(field.description ?? ''));
    describeMembers(field, name, lines);
  }
  return lines.join('\n\n');
}

/** One bullet for each field below a path, in the order of the schema. */
function describeMembers(schema: Schema, path: string, lines: string[]): void {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const facts = factsOf(field, schema.required?.includes(name) ?? false);
    lines.push(`- **\`${path}.${name}\`** (${facts.join(', ')})  \n  ${plain(field.description ?? '')}`);
    if (field.items !== undefined) describeMembers(field.items, `${path}.${name}[]`, lines);
    else if (field.additionalProperties !== undefined)
      describeMembers(field.additionalProperties, `${path}.${name}.*`, lines);
    else describeMembers(field, `${path}.${name}`, lines);
  }
}

function factsOf(field: Schema, required: boolean): readonly string[] {
  const facts = [typeOf(field)];
  if (required) facts.push('required');
  if (field.enum !== undefined) facts.push(field.enum.map((value) => `\`${value}\``).join(' or '));
  if (field.default !== undefined)
    facts.push(
      `default \`${typeof field.default === 'string' ? field.default : JSON.stringify(field.default)}\``,
    );
  return facts;
}

function typeOf({ type = 'object', items, additionalProperties }: Schema): string {
  if (items !== undefined) return `list of ${items.type ?? 'object'}s`;
  if (additionalProperties !== undefined) return `map of ${additionalProperties.type ?? 'object'}s`;
  return type;
}

function reasons(): string {
  return Object.entries(REASONS)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([reason, { meaning, remedy }]) =>
        `### ${reason}\n\n${plain(meaning)}  \n**What to do:** ${plain(remedy)}`,
    )
    .join('\n\n');
}

function settings(): string {
  const { options } = operatorCommand('', async () => {});
  return table(
    ['flag', 'environment', 'default', 'meaning'],
    options
      .filter(({ envVar }) => envVar !== undefined)
      .map(({ flags, envVar, defaultValue, description }) => [
        `\`${flags}\``,
        `\`${envVar}\``,
        defaultValue === '' ? '' : `\`${String(defaultValue)}\``,
        plain(description),
      ]),
  );
}

function metrics(): string {
  const registered = [...new Metrics().registry.getMetricsAsArray(), ...LINK_METRICS];
  return table(
    ['metric', 'labels', 'meaning'],
    registered
      .filter(({ name }) => !/^(process|nodejs)_/.test(name))
      .map((metric) => [`\`${metric.name}\``, labelsOf(metric), plain(metric.help)]),
  );
}

function labelsOf(metric: object): string {
  const names: unknown = Reflect.get(metric, 'labelNames');
  return Array.isArray(names) ? names.map((name) => `\`${String(name)}\``).join(' ') : '';
}

function alerts(): string {
  const file = readFileSync(join(ROOT, 'charts/crossaccountlink/files/alerts.yaml'), 'utf8');
  const rules: { alert: string; labels: { severity: string } }[] = parse(file).groups.flatMap(
    (group: { rules: unknown[] }) => group.rules,
  );
  return table(
    ['alert', 'severity'],
    rules.map(({ alert, labels }) => [`[${alert}](runbooks/${alert}.md)`, labels.severity]),
  );
}

function policy(document: PolicyDocument): string {
  return `\`\`\`json\n${JSON.stringify(policyToJson(document), null, 2)}\n\`\`\``;
}

/** Text without a special meaning in Markdown: a star in an ARN is a star, and <name> is no tag. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>{}]/g, '\\$&');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(tableLine).join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of await generatedDocuments()) writeFileSync(join(ROOT, path), text);
  for (const [path, text] of await generatedFiles()) writeFileSync(join(ROOT, path), text);
}
