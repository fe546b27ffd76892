/** deploy/github-action: its own scripts, against a program that answers as the plugin does and an API like GitHub's. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOT, PULL_REQUEST, startCommentsApi, type CommentsApi } from './comments-api.ts';
import { readAction, runAction, type JobResult } from './composite-action.ts';

const ACTION = readAction(
  fileURLToPath(new URL('../../../deploy/github-action/action.yml', import.meta.url)),
);
const MARK = '<!-- crossaccountlink plan -->';
const PLAN = `${MARK}\n### CrossAccountLink plan\n\n📝 **4 writes to 3 objects.**\n`;

let github: CommentsApi;
let folder: string;

beforeEach(async () => {
  github = await startCommentsApi();
  folder = await mkdtemp(join(tmpdir(), 'github-action-'));
});
afterEach(async () => {
  await github[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly plan?: string;
  readonly stderr?: string;
  readonly status?: number;
}

/** A program that answers so and notes its arguments, one a line. */
async function program({ plan = PLAN, stderr = '', status = 2 }: Answer = {}): Promise<string> {
  await Promise.all([writeFile(join(folder, 'plan'), plan), writeFile(join(folder, 'stderr'), stderr)]);
  const path = join(folder, 'program');
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/arguments\ncat ${folder}/plan\ncat ${folder}/stderr >&2\nexit ${status}\n`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

async function act(
  inputs: Readonly<Record<string, string>> = {},
  answer: Answer = {},
  pullRequest: number | undefined = PULL_REQUEST,
): Promise<JobResult> {
  return runAction(ACTION, {
    inputs: { files: 'links', program: await program(answer), ...inputs },
    ...(pullRequest !== undefined && { pullRequest }),
    env: { PATH: process.env['PATH'] ?? '', GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'acme/platform' },
  });
}

const bodies = () => github.comments.map(({ body }) => body);

describe('the GitHub Action', () => {
  it('writes the plan as a comment and into the summary, and says that there are changes', async () => {
    const { exitCode, outputs, summary, ran } = await act();
    expect([exitCode, outputs['changes'], ran]).toStrictEqual([0, 'true', ['Plan', 'Comment', 'Result']]);
    expect(summary).toBe(PLAN);
    expect(bodies()).toStrictEqual([PLAN]);
  });

  it('updates its comment with the next push', async () => {
    await act();
    const after = PLAN.replace('4 writes', '5 writes');
    await act({}, { plan: after });
    expect(bodies()).toStrictEqual([after]);
  });

  it('finds its comment behind a hundred others, and leaves one alone that somebody else begins like it', async () => {
    const others = Array.from({ length: 120 }, (_, index) => ({
      id: index + 1,
      user: { login: 'mallory' },
      body: PLAN,
    }));
    github.comments.push(...others, { id: 121, user: { login: BOT }, body: `${MARK}\r\nbefore` });
    await act();
    expect(github.comments).toHaveLength(121);
    expect(github.comments.at(-1)?.body).toBe(PLAN);
  });

  it('says that nothing would change', async () => {
    const { exitCode, outputs } = await act({}, { status: 0 });
    expect([exitCode, outputs['changes']]).toStrictEqual([0, 'false']);
  });

  it('keeps plans with a title apart, whatever is in it', async () => {
    await act({ title: 'production' });
    await act({ title: 'staging|; rm -rf & "$(id)" -->' });
    expect(bodies().map((body) => body.split('\n').slice(0, 2))).toStrictEqual([
      ['<!-- crossaccountlink plan: production -->', '### CrossAccountLink plan: production'],
      [
        '<!-- crossaccountlink plan: staging rm -rf  id - -->',
        '### CrossAccountLink plan: staging rm -rf  id -',
      ],
    ]);
  });

  it('fails when there is no plan, and says why in the comment', async () => {
    const { exitCode, stderr } = await act(
      {},
      { plan: '', stderr: 'error: links: holds no ```file\n', status: 1 },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error: links: holds no');
    expect(bodies()).toStrictEqual([
      `${MARK}\n### CrossAccountLink plan\n\n❌ **There is no plan.**\n\n\`\`\`\nerror: links: holds no '''file\n\`\`\`\n`,
    ]);
  });

  it('hands its inputs to the plugin as they are, whatever is in them', async () => {
    const files = `platform/links\nwith space/$(id)\n'; exit 0 #`;
    await act({ files, kustomize: 'k "x"', namespace: 'payments', 'cluster-id': 'production' });
    expect((await readFile(join(folder, 'arguments'), 'utf8')).trimEnd().split('\n')).toStrictEqual([
      'plan',
      '--output',
      'markdown',
      '--filename=platform/links',
      '--filename=with space/$(id)',
      "--filename='; exit 0 #",
      '--recursive',
      '--kustomize=k "x"',
      '--namespace=payments',
      '--cluster-id=production',
    ]);
  });

  it.each([
    ['without a pull request', {}, undefined],
    ['when told not to', { comment: 'false' }, PULL_REQUEST],
  ])('writes no comment %s', async (_, inputs, pullRequest) => {
    const { exitCode, ran, summary } = await runAction(ACTION, {
      inputs: { files: 'links', program: await program(), ...inputs },
      ...(pullRequest !== undefined && { pullRequest }),
      env: { PATH: process.env['PATH'] ?? '' },
    });
    expect([exitCode, ran, summary]).toStrictEqual([0, ['Plan', 'Result'], PLAN]);
  });

  it('fails when the comment cannot be written', async () => {
    const { exitCode, stderr } = await act({ 'github-token': 'another' });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('401');
  });
});
