/**
 * Getting started, as a newcomer types it, once for each way in which the operator can get its identity: every block of
 * commands, in order, in one shell that knows no name but those that the text has defined, with the files that the text
 * has written by then. `xal` is the real one; what is not ours only notes how it was called. Each call of the `aws`
 * command line is held against AWS's service models. That AWS, EKS and Docker do what they are asked is not tried here.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { pluginProgram } from '../../../testbed/bundle.ts';
import { run } from '../../../testbed/process.ts';
import { about, present } from '../../expectations.ts';
import { fencesOf, read } from '../../pure/docs/markdown.ts';
import { loadCommandModels, type CommandModels } from './aws-commands.ts';

const DOCUMENT = read('docs/getting-started.md');
const KEYS = 'AWS_ACCESS_KEY_ID=AKIAEXAMPLE\nAWS_SECRET_ACCESS_KEY=secret\n';
const ROLE = 'arn:aws:iam::999999999999:role/crossaccountlink';
const SSO_ROLE =
  'arn:aws:iam::999999999999:role/aws-reserved/sso.amazonaws.com/us-east-1/AWSReservedSSO_Admin_1a2b';

/** Headings that are one path's alone. */
const FORKS: ReadonlySet<string> = new Set([
  "### An IAM user's keys",
  '### A session of SSO',
  '### IRSA',
  '### EKS Pod Identity',
  '### On kind',
  '### On EKS',
]);

interface Path {
  readonly name: string;
  /** Of the forks, those that are taken. */
  readonly takes: readonly string[];
  /** What the `aws` command line prints, by the beginning of the command. */
  readonly prints: Readonly<Record<string, string>>;
  /** Whom the roles of step 3 have to trust. */
  readonly principal: string;
}

const user = 'arn:aws:iam::999999999999:user/alice';
const session = 'arn:aws:sts::999999999999:assumed-role/AWSReservedSSO_Admin_1a2b/alice';
const PATHS: readonly Path[] = [
  {
    name: "an IAM user's keys",
    takes: ["### An IAM user's keys", '### On kind'],
    prints: { 'sts get-caller-identity': user, 'configure export-credentials': KEYS },
    principal: user,
  },
  {
    name: 'a session of SSO',
    takes: ['### A session of SSO', '### On kind'],
    prints: {
      'sts get-caller-identity': session,
      'iam get-role': SSO_ROLE,
      'configure export-credentials': `${KEYS}AWS_SESSION_TOKEN=token\n`,
    },
    principal: SSO_ROLE,
  },
  {
    name: 'IRSA',
    takes: ['### IRSA', '### On EKS'],
    prints: {
      'eks describe-cluster': 'https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE',
    },
    principal: ROLE,
  },
  {
    name: 'EKS Pod Identity',
    takes: ['### EKS Pod Identity', '### On EKS'],
    prints: {},
    principal: ROLE,
  },
];

/** Notes how it was called, and fails if a file that it was given does not exist. */
const STAND_IN = `#!/bin/bash
name="$(basename "$0")"
printf '%s\\0' "$name" "$@" >> "$CALLS"; printf '\\n' >> "$CALLS"
for argument in "$@"; do
  file="\${argument#--from-env-file=}"; file="\${file#file://}"
  case "$file" in *.json|*.yaml|*.env) [ -s "$file" ] || { echo "$name: no file $file" >&2; exit 3; } ;; esac
done
[ "$name" != aws ] || cat "$PRINTS/$1 $2" 2> /dev/null || true
`;

/** The shell script for a path: files are written where the text gives them, commands run where they appear. */
function scriptOf(takes: readonly string[]): string {
  const sections = DOCUMENT.split(/\n(?=#{2,3} )/);
  const taken = sections.filter((section) => {
    const [heading = ''] = section.split('\n');
    return !FORKS.has(heading) || takes.includes(heading);
  });
  return taken.map((section) => steps(section).join('\n')).join('\n');
}

function steps(section: string): readonly string[] {
  return fencesOf(section).flatMap(({ info, text }) => {
    if (info === 'sh') return [text];
    const before = section.slice(0, section.indexOf(text)).replace(/\n*```.*\n$/, '');
    const file = /`([\w.]+)`:$/.exec(before)?.[1];
    return file === undefined ? [] : [`cat > ${file} <<'END_OF_FILE'\n${text}END_OF_FILE`];
  });
}

describe('getting started', () => {
  let folder: string;
  let models: CommandModels;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xal-walk-'));
    models = await loadCommandModels();
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function walk({ name, takes, prints }: Path): Promise<{ home: string; calls: readonly string[][] }> {
    const home = join(folder, name.replaceAll(/\W+/g, '-'));
    const [bin, printed] = [join(home, 'bin'), join(home, 'printed')];
    for (const path of [bin, printed, join(home, 'dist')]) await mkdir(path, { recursive: true });
    for (const command of ['aws', 'docker', 'eksctl', 'helm', 'kind', 'kubectl', 'make', 'sleep']) {
      await writeFile(join(bin, command), STAND_IN);
      await chmod(join(bin, command), 0o755);
    }
    for (const [command, text] of Object.entries(prints)) await writeFile(join(printed, command), text);
    const plugin = join(home, 'dist/kubectl-crossaccountlink.mjs');
    await writeFile(plugin, `#!/bin/bash\nexec '${process.execPath}' '${pluginProgram()}' "$@"\n`);
    await chmod(plugin, 0o755);
    // An SSO user copies the values that stand with the keys.
    const values = takes.includes('### A session of SSO')
      ? steps(sectionOf("### An IAM user's keys"))[1]
      : '';
    const script = `set -eu -o pipefail; shopt -s expand_aliases\n${values}\n${scriptOf(takes)}`;
    await writeFile(join(home, 'walk.sh'), script);
    const env = { PATH: `${bin}:/usr/bin:/bin`, CALLS: join(home, 'calls'), PRINTS: printed, HOME: home };
    const { stderr, exitCode } = await run('/bin/bash', ['walk.sh'], { cwd: home, env });
    about(stderr, () => expect(exitCode).toBe(0));
    const lines = (await readFile(join(home, 'calls'), 'utf8')).split('\0\n').filter(Boolean);
    return { home, calls: lines.map((line) => line.split('\0')) };
  }

  describe.each(PATHS)('with $name', (path) => {
    let home: string;
    let calls: readonly string[][];
    beforeAll(async () => {
      ({ home, calls } = await walk(path));
    }, 60_000);
    const file = async (name: string) => parse(await readFile(join(home, name), 'utf8'));

    it('runs from the first command to the last, without a name or a file that is not there yet', () => {
      expect(calls.at(-1)?.slice(0, 3)).toStrictEqual(['aws', 'sqs', 'delete-queue']);
    });

    it('makes roles that trust whoever the operator is', async () => {
      for (const template of ['source.yaml', 'target.yaml']) {
        const { OperatorRole } = (await file(template)).Resources;
        const [statement] = OperatorRole.Properties.AssumeRolePolicyDocument.Statement;
        expect(statement.Principal).toStrictEqual({ AWS: [path.principal] });
      }
    });

    it('asks AWS for nothing that its command line does not have', () => {
      const aws = calls.filter(([command]) => command === 'aws').map(([, ...args]) => args);
      expect(aws.length).toBeGreaterThan(12);
      expect(aws.flatMap((args) => models.problems(args))).toStrictEqual([]);
    });

    it('says for every call to AWS in whose name', () => {
      const nameless = calls.filter(([command, ...args]) => command === 'aws' && !args.includes('--profile'));
      expect(nameless).toStrictEqual([]);
    });

    it('makes a role before the stack that trusts it', async () => {
      const stacks = calls
        .filter(([, service, verb]) => service === 'cloudformation' && verb === 'deploy')
        .map((call) => present(call[call.indexOf('--template-file') + 1], 'a stack without a template'));
      const own = path.principal === ROLE ? ['operator.yaml'] : [];
      expect(stacks).toStrictEqual([...own, 'source.yaml', 'target.yaml']);
      for (const name of own) {
        const { OperatorRole } = (await file(name)).Resources;
        expect(`arn:aws:iam::999999999999:role/${OperatorRole.Properties.RoleName}`).toBe(ROLE);
      }
    });

    it('leaves no keys lying about', async () => {
      await expect(readFile(join(home, 'keys.env'))).rejects.toThrow(/ENOENT/);
    });
  });

  it('is caught where it uses a name before it is defined', async () => {
    const wrong = scriptOf(['### IRSA', '### On EKS']).replace(/^OPERATOR_ARN=.*$/m, '');
    const { stderr, exitCode } = await run('/bin/bash', [
      '-c',
      `set -eu\n${wrong.slice(wrong.indexOf('xal bootstrap --as source'))}`,
    ]);
    expect([exitCode === 0, stderr]).toStrictEqual([
      false,
      expect.stringMatching(/OPERATOR_ARN: unbound variable/),
    ]);
  });
});

function sectionOf(heading: string): string {
  const found = DOCUMENT.split(/\n(?=#{2,3} )/).find((section) => section.startsWith(`${heading}\n`));
  return present(found, `getting started has no "${heading}"`);
}
