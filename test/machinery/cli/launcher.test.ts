/** How the plugin is started if the Node.js on the path is too old for it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLauncher } from '../../../scripts/build-launcher.ts';
import { run } from '../../../testbed/process.ts';

/** Newer than any Node.js that runs this. */
const NEEDED = '9999.1';
const PROGRAM = `process.stdout.write(process.argv.slice(2).join(' ')); process.exitCode = 2;`;

let folder: string;
let launcher: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xal-launcher-'));
  launcher = join(folder, 'dist/kubectl-crossaccountlink.mjs');
  await buildLauncher(launcher, NEEDED);
  await mkdir(join(folder, 'dist/cli'));
  await writeFile(join(folder, 'dist/cli/main.mjs'), PROGRAM);
});
afterAll(() => rm(folder, { recursive: true }));

const start = () => run(process.execPath, [launcher, 'check', '-A']);

describe('on a Node.js that is too old', () => {
  it('says so in one line', async () => {
    const { stdout, stderr, exitCode } = await start();
    expect(stderr).toMatch(
      /^error: kubectl-crossaccountlink needs Node\.js 9999\.1 or newer, and this is .+\n$/,
    );
    expect({ stdout, exitCode }).toStrictEqual({ stdout: '', exitCode: 1 });
  });

  it('runs on the one that a checkout has installed', async () => {
    await mkdir(join(folder, 'node_modules/.bin'), { recursive: true });
    await symlink(process.execPath, join(folder, 'node_modules/.bin/node'));
    expect(await start()).toMatchObject({ stdout: 'check -A', stderr: '', exitCode: 2 });
  });
});
