/** The `aws` command line's commands, as far as AWS's service models tell: operations and their parameters.
 *  https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-commandstructure.html */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ensureMoto } from '../../../testbed/tools/python-tools.ts';

export interface CommandModels {
  /** What is wrong with `SERVICE VERB --option …`. */
  readonly problems: (args: readonly string[]) => readonly string[];
}

/** Options that every command has. */
const GLOBAL = new Set(['profile', 'region', 'query', 'output']);
/** Commands of the command line itself, with their options. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  'cloudformation deploy': ['stack-name', 'template-file', 'capabilities'],
  'configure export-credentials': ['format'],
  'eks update-kubeconfig': ['name'],
  'sso login': [],
};

export async function loadCommandModels(): Promise<CommandModels> {
  const environment = dirname(dirname(await ensureMoto()));
  return { problems: (args) => problemsOf(args, environment) };
}

function problemsOf(args: readonly string[], environment: string): readonly string[] {
  const [service = '', verb = ''] = args;
  const given = args
    .filter((arg) => arg.startsWith('--'))
    .map((arg) => arg.slice(2))
    .filter((name) => !GLOBAL.has(name));
  const command = `aws ${service} ${verb}`;
  const own = OWN[`${service} ${verb}`];
  if (own !== undefined)
    return given.filter((name) => !own.includes(name)).map((name) => `${command}: no --${name}`);
  const pattern = `lib/python*/site-packages/botocore/data/${service}/*/service-2.json.gz`;
  const path = globSync(join(environment, pattern)).toSorted().at(-1);
  if (path === undefined) return [`${command}: no such service`];
  const model = JSON.parse(gunzipSync(readFileSync(path)).toString());
  const operation = Object.keys(model.operations).find((name) => optionOf(name) === verb);
  if (operation === undefined) return [`${command}: no such operation`];
  const { members = {}, required = [] } = model.shapes[model.operations[operation].input?.shape] ?? {};
  const known = new Set(Object.keys(members).map(optionOf));
  return [
    ...given.filter((name) => !known.has(name)).map((name) => `${command}: no --${name}`),
    ...required
      .map(optionOf)
      .filter((name: string) => !given.includes(name))
      .map((name: string) => `${command}: --${name} is missing`),
  ];
}

/** `RoleName` → `role-name`, `clusterName` → `cluster-name`. */
function optionOf(member: string): string {
  return member.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
