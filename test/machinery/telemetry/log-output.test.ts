import { describe, expect, it } from '@jest/globals';
import { operatorProgram } from '../../../testbed/bundle.ts';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { kubeconfigOfNobody } from '../../../testbed/kubernetes/nobody.ts';
import { onFreePort } from '../../../testbed/ports.ts';
import { startService } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';
import { LogOutput } from '../../../src/telemetry/log-output.ts';

const failing = (code: string) => Object.assign(new Error(code), { code });

/** Takes this many bytes of each attempt, or fails as it says. */
function writer(attempts: readonly (number | string)[]) {
  const taken: string[] = [];
  let calls = 0;
  const write = (bytes: Uint8Array) => {
    const attempt = attempts[calls] ?? bytes.length;
    calls += 1;
    if (typeof attempt === 'string') throw failing(attempt);
    taken.push(Buffer.from(bytes.subarray(0, attempt)).toString());
    return Math.min(attempt, bytes.length);
  };
  return { write, text: () => taken.join(''), calls: () => calls };
}

/** Writes lines to it; returns how often it paused. */
function log(write: (bytes: Uint8Array) => number, ...lines: readonly string[]): number {
  let pauses = 0;
  const output = new LogOutput(write, () => (pauses += 1));
  for (const line of lines) output.write(line);
  return pauses;
}

describe('a line of the log', () => {
  it('is written whole where the reader takes a part at a time', () => {
    const to = writer([3, 'EAGAIN', 2, 'EAGAIN']);
    expect(log(to.write, 'héllo world\n')).toBe(2);
    expect(to.text()).toBe('héllo world\n');
  });

  it.each(['ENOSPC', 'EPIPE', 'EIO', 'EBADF'])(
    'is lost where it cannot be written (%s), and the next is not',
    (code) => {
      const to = writer([code]);
      expect(log(to.write, 'lost\n', 'next\n')).toBe(0);
      expect(to.text()).toBe('next\n');
    },
  );

  it('that broke off does not take the next one with it', () => {
    const to = writer([3, 'ENOSPC']);
    log(to.write, 'lost\n', 'next\n', 'last\n');
    expect(to.text()).toBe('los\nnext\nlast\n');
  });

  it('waits for a reader that takes nothing for a second at most', () => {
    const to = writer(Array(500).fill('EAGAIN'));
    expect(log(to.write, 'lost\n')).toBe(99);
  });

  it('does not wait behind others that such a reader left: each would hold up everything for another second', () => {
    const to = writer(Array(102).fill('EAGAIN'));
    expect(log(to.write, 'lost\n', 'lost\n', 'lost\n', 'next\n')).toBe(99);
    expect(to.text()).toBe('next\n');
  });

  it('waits again for a reader that has come back', () => {
    const to = writer([...Array<string>(100).fill('EAGAIN'), 5, 'EAGAIN']);
    expect(log(to.write, 'lost\n', 'next\n', 'last\n')).toBe(100);
    expect(to.text()).toBe('next\nlast\n');
  });
});

it('the operator lives, and ends when it is told to, although its log goes to a full disk', async () => {
  const kubeconfig = kubeconfigOfNobody(scratchFolder('full-disk'));
  const { port, service } = await onFreePort((onPort) =>
    Promise.resolve(
      startService(
        'operator',
        process.execPath,
        [operatorProgram(), '--cluster-id=test', '--namespace=test', `--metrics-address=127.0.0.1:${onPort}`],
        { logFile: '/dev/full', env: cleanEnvironment({ KUBECONFIG: kubeconfig }) },
      ),
    ),
  );
  await eventually('the operator to be alive', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);
});
