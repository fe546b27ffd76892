/**
 * Mistakes that people make, and what they are told: by `kubectl apply`, or by `kubectl crossaccountlink check`. The answers are
 * in test/data/mistakes/answers.md as a newcomer reads them; if you change one, read the page again.
 */
import { readFileSync } from 'node:fs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awsClients } from '../../testbed/aws-clients.ts';
import { eventually } from '../../testbed/eventually.ts';
import { startStage, type Stage } from '../../testbed/stage.ts';
import { startPlugin, type Plugin } from './cli/plugin.ts';
import { AwsOwners, SOURCE, TARGET } from './link/aws-owners.ts';
import { document } from './link/policies.ts';

const FOLDER = new URL('../data/mistakes/', import.meta.url);
const ANSWERS = new URL('answers.md', FOLDER);
const OTHER = '333333333333';

const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');

/** Manifests, in the order of the page; `with` is applied before, in place of the accounts. */
const MISTAKES: readonly { readonly file: string; readonly with?: string }[] = [
  ...[
    'e01-wrong-account-source',
    'e02-wrong-account-target',
    'e03-same-account',
    'e04-typo-arn',
    'e05-typo-role-arn',
    'e06-typo-sm-name',
    'e06b-typo-sm-allowed',
    'e07-task-misspelt',
    'e08-wrong-region',
    'e09-outside-prefix',
    'e10-version',
    'e11-execution-arn',
    'e12-task-bare',
    'e13-local-task',
    'e13b',
    'e14-wrong-ns',
    'e15-unknown-field',
    'e16-unknown-field2',
    'z-zero',
    'z-unknown-only',
    'e17-account-number',
    'e18-account-short',
    'e19-account-duplicate',
    'e20-account-wrong-extid',
    'e21-account-mismatch',
    'e22-account-noassume',
    'z-both',
    'plan-new',
    'bare1',
  ].map((file) => ({ file })),
  { file: 'g-v2-no-actions', with: 'v2-no-actions' },
  { file: 'g-v3-no-execroles', with: 'v3-no-execroles' },
  { file: 'g-v4-no-resources', with: 'v4-no-resources' },
  { file: 'v5-no-astarget' },
];

let stage: Stage;
let plugin: Plugin;
const answered = new Map<string, string>();

/** Placeholders for times, IDs and places that differ from run to run. */
function steady(text: string): string {
  return text
    .replaceAll(/RequestID: [0-9a-f-]+/gi, 'RequestID: …')
    .replaceAll(/error when creating "[^"]*"/g, 'error when creating "…"')
    .replaceAll(/ +$/gm, '')
    .trimEnd();
}

async function apply(file: string): Promise<string> {
  const { stdout, stderr } = await stage.controlPlane.kubectl(['apply', '-f', '-'], {
    input: read(`${file}.yaml`),
  });
  return steady(`${stdout}${stderr}`);
}

/** What `check` says once the operator has reconciled everything that was applied. */
async function checkOf(created: string): Promise<string> {
  const [, kind, name = ''] =
    /^(crossaccountlink)\.crossaccountlink\.dev\/(\S+) created/m.exec(created) ??
    /^(awsaccount)\.crossaccountlink\.dev\/(\S+) created/m.exec(created) ??
    [];
  if (kind === undefined) return '';
  return eventually(`check of ${name}`, async () => {
    const namespace = name === 'wrong-ns' ? 'default' : 'payments';
    if (kind === 'awsaccount') return accountLines(name);
    const { stdout, stderr } = await plugin.run(['check', `${namespace}/${name}`]);
    if (/has not looked at|: (?:Creating|AccountNotReady|Propagating)/.test(stdout)) throw new Error(stdout);
    return `$ kubectl crossaccountlink check ${namespace}/${name}\n${steady(stdout + stderr)}\n`;
  });
}

async function accountLines(name: string): Promise<string> {
  const { stdout } = await plugin.run(['check', '-n', 'payments', '-o', 'json']);
  const checks: readonly { message: string; remedy?: string }[] = JSON.parse(stdout).installation;
  const one = checks.find(({ message }) => message.startsWith(`${name} (`));
  if (one === undefined || /has not looked/.test(one.message)) throw new Error(stdout);
  return `$ kubectl crossaccountlink check\n✗ account     ${one.message}\n              first do: ${one.remedy ?? ''}\n`;
}

describe('a mistake', () => {
  beforeAll(async () => {
    stage = await startStage({ accounts: [SOURCE, TARGET, OTHER] });
    const owners = new AwsOwners(stage.emulator.url);
    const trust = {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'states.amazonaws.com' },
    };
    await awsClients(stage.emulator.url, SOURCE).iam.send(
      new CreateRoleCommand({
        RoleName: 'checkout',
        Path: '/payments/',
        AssumeRolePolicyDocument: document(trust),
      }),
    );
    const role = `arn:aws:iam::${SOURCE}:role/payments/checkout`;
    await owners.machine('checkout', role, JSON.parse(read('definition.json')));
    await owners.machine('checkout-bare', role, JSON.parse(read('bare.json')));
    await stage.kubectl('create', 'namespace', 'payments');
    await stage.apply(read('00-accounts.yaml'));
    await stage.operator({ flags: ['--leader-elect=true'] });
    plugin = await startPlugin({ stage });
    let accounts = '';
    for (const { file, with: rules } of MISTAKES) {
      if (rules !== undefined && rules !== accounts) await stage.apply(read(`${rules}.yaml`));
      accounts = rules ?? '';
      const created = await apply(file);
      const before = rules === undefined ? '' : `$ kubectl apply -f ${rules}.yaml\n`;
      answered.set(file, `${before}$ kubectl apply -f ${file}.yaml\n${created}\n${await checkOf(created)}`);
    }
  });
  afterAll(async () => {
    await plugin.stop();
    await stage.stop();
  });

  const answers = new Map(
    readFileSync(ANSWERS, 'utf8')
      .split(/^## /m)
      .slice(1)
      .map((part): [string, string] => {
        const [name = '', , , ...lines] = part.split('\n');
        return [
          name,
          lines
            .slice(0, lines.lastIndexOf('```'))
            .map((line) => `${line}\n`)
            .join(''),
        ];
      }),
  );
  it.each(MISTAKES)('of $file is reported as it stands in answers.md', ({ file }) => {
    expect(answered.get(file)).toBe(answers.get(file));
  });
});
