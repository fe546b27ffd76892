import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { alive, run, runOrThrow, startService } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';

const folder = scratchFolder('process-test');
afterAll(() => rmSync(folder, { recursive: true }));
const logFile = (name: string) => join(folder, `${name}.log`);

/** A service that is up once its log says so, running `script` in a shell. */
async function startShell(name: string, script: string, graceSeconds = 5) {
  const service = startService(name, 'sh', ['-c', script], { logFile: logFile(name), graceSeconds });
  await eventually(`${name} to be up`, () => expect(service.logTail()).toMatch(/up/));
  return service;
}

describe('a command', () => {
  it('answers with what it said and its exit code', async () => {
    const outcome = await run('sh', ['-c', 'cat; echo bad >&2; exit 3'], { input: 'text' });
    expect(outcome).toStrictEqual({ stdout: 'text', stderr: 'bad\n', exitCode: 3 });
  });

  it('gives the exit code that a shell gives for a signal', async () => {
    const outcome = await run('sh', ['-c', 'kill -9 $$']);
    expect(outcome.exitCode).toBe(137);
  });

  it('ends at its time limit', async () => {
    const outcome = await run('sleep', ['600'], { timeoutMs: 50 });
    expect(outcome.exitCode).toBe(143);
  });

  it('that does not exist fails like in a shell', async () => {
    expect((await run('no-such-command', [])).exitCode).toBe(127);
  });

  it('throws what it said where failure is no answer', async () => {
    await expect(runOrThrow('sh', ['-c', 'echo why >&2; exit 1'])).rejects.toThrow(/ended with 1:\nwhy/);
  });
});

describe('waiting for a service, or for Ctrl-C', () => {
  const module = new URL('../../../testbed/until-ended.ts', import.meta.url).href;
  const wait = (service: string, interrupted: string) =>
    run(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `const { untilEnded } = await import('${module}'); console.log(await untilEnded(${service}, ${interrupted}))`,
      ],
      { timeoutMs: 60_000 },
    );

  it('lets the process end once it is over, also where there is no service', async () => {
    expect(await wait('undefined', 'Promise.resolve()')).toMatchObject({
      stdout: 'undefined\n',
      exitCode: 0,
    });
  });

  it('gives the exit code of a service that ends by itself', async () => {
    const waited = await wait('{ ended: () => Promise.resolve(3) }', 'new Promise(() => {})');
    expect(waited).toMatchObject({ stdout: '3\n', exitCode: 0 });
  });
});

describe('a service', () => {
  it('ends on stop', async () => {
    const service = await startShell('obedient', 'echo up; exec sleep 600');
    await service.stop();
    expect(service.running()).toBe(false);
    expect(await service.ended()).toBe(143);
  });

  it('that is frozen ends on stop, too', async () => {
    const service = await startShell(
      'frozen',
      'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done',
      60,
    );
    service.signal('SIGSTOP');
    await service.stop();
    expect(await service.ended()).toBe(7);
  });

  it('that ignores SIGTERM is killed after its grace', async () => {
    const service = await startShell('stubborn', "trap '' TERM; echo up; while :; do sleep 1; done", 0);
    await service.stop();
    expect(await service.ended()).toBe(137);
  });

  it('takes its own children along', async () => {
    const service = await startShell('parent', 'sleep 600 & echo up $!; wait');
    const child = Number(/up (\d+)/.exec(service.logTail())?.[1]);
    expect(alive(child)).toBe(true);
    await service.stop();
    await eventually('the child to be gone', () => expect(alive(child)).toBe(false));
  });

  for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
    it(`does not outlive a starter that ends by ${signal}`, async () => {
      const starter = spawn(process.execPath, ['--input-type=module-typescript', '-e', STARTER], {
        cwd: import.meta.dirname,
        env: cleanEnvironment({ LOG: logFile(`orphan-${signal}`) }),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [said] = await once(starter.stdout, 'data');
      const pid = Number(String(said));
      expect(alive(pid)).toBe(true);
      starter.kill(signal);
      await eventually('the service to be gone', () => expect(alive(pid)).toBe(false));
    });
  }
});

const STARTER = `
  import { startService } from '../../../testbed/process.ts';
  const service = startService('orphan', 'sleep', ['600'], { logFile: process.env.LOG ?? '' });
  console.log(service.pid);
  setInterval(() => {}, 1000);
`;

describe('the environment of child processes', () => {
  it('has nothing of the developer’s cluster, accounts or certificates', async () => {
    await using cleanUp = new AsyncDisposableStack();
    const planted = { KUBECONFIG: 'x', AWS_PROFILE: 'x', NODE_EXTRA_CA_CERTS: 'x', NODE_OPTIONS: '' };
    const before = { ...process.env };
    cleanUp.defer(() => {
      process.env = before;
    });
    Object.assign(process.env, planted);
    const { stdout } = await run('env', []);
    for (const name of Object.keys(planted)) expect(stdout).not.toMatch(new RegExp(`^${name}=`, 'm'));
    expect(stdout).toMatch(/^PATH=/m);
  });
});
