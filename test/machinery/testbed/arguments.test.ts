import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { run } from '../../../testbed/process.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const script = (path: string, ...args: readonly string[]) =>
  run(process.execPath, [path, ...args], { cwd: ROOT, env: process.env });

describe.each(['testbed/dev.ts', 'testbed/demo.ts', 'bench/mutants.ts', 'scripts/test.ts'])('%s', (path) => {
  it('tells how it is used, and starts nothing', async () => {
    const { exitCode, stdout, stderr } = await script(path, '--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^make (dev|demo|mutants|test)\b/);
  });

  it('says what is wrong with an argument that it does not know, without a stack', async () => {
    const { exitCode, stderr } = await script(path, '--nonsense');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^Unknown option '--nonsense'.*\n\nmake /);
    expect(stderr).not.toContain('    at ');
  });
});
