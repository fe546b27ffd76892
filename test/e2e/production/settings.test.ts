/** The operator's command line: documented in --help, also as environment, and wrong settings reported all at once. */
import { describe, expect, it } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { operatorProgram } from '../../../testbed/bundle.ts';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { run } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';
import { narrow } from '../../expectations.ts';

const MAIN = operatorProgram();
/** Parses, and leads nowhere. */
const KUBECONFIG = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'c',
  clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  users: [{ name: 'u', user: {} }],
});

/** Each setting: its variable, and a value that is wrong. */
const SETTINGS = [
  { flag: 'cluster-id', variable: 'CLUSTER_ID', wrong: 'a b' },
  { flag: 'namespace', variable: 'POD_NAMESPACE', wrong: 'Upper' },
  { flag: 'leader-elect', variable: 'LEADER_ELECT', wrong: 'perhaps' },
  { flag: 'claim-namespace', variable: 'CLAIM_NAMESPACE', wrong: 'Upper' },
  { flag: 'propagation-pause', variable: 'PROPAGATION_PAUSE', wrong: '10' },
  { flag: 'deletion-wait', variable: 'DELETION_WAIT', wrong: 'long' },
  { flag: 'drift-check-interval', variable: 'DRIFT_CHECK_INTERVAL', wrong: '5 m' },
  { flag: 'grace-period', variable: 'GRACE_PERIOD', wrong: '-1s' },
  { flag: 'watch-silence', variable: 'WATCH_SILENCE', wrong: '1d' },
  { flag: 'log-level', variable: 'LOG_LEVEL', wrong: 'loud' },
  { flag: 'metrics-address', variable: 'METRICS_ADDRESS', wrong: '127.0.0.1:99999' },
  { flag: 'workers', variable: 'WORKERS', wrong: '101' },
  { flag: 'link-metrics-limit', variable: 'LINK_METRICS_LIMIT', wrong: '1e9' },
] as const;

function operator(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return run(process.execPath, [MAIN, ...args], { env: cleanEnvironment(env), timeoutMs: 20_000 });
}

describe('the operator’s command line', () => {
  it.concurrent('documents each setting with its variable in --help, and no other', async () => {
    const { stdout, exitCode } = await operator(['--help']);
    expect(exitCode).toBe(0);
    const text = stdout.replaceAll(/\s+/g, ' ');
    for (const { flag, variable } of SETTINGS) {
      expect(text).toMatch(new RegExp(`--${flag} [<[][^-]*.*?env: ${variable}\\)`));
    }
    const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, flag]) => flag);
    expect(flags).toStrictEqual(['version', ...SETTINGS.map(({ flag }) => flag), 'help']);
  });

  it.concurrent('reports all wrong flags at once, unknown ones included, and ends with 2', async () => {
    const flags = SETTINGS.map(({ flag, wrong }) => `--${flag}=${wrong}`);
    const { stderr, exitCode } = await operator([...flags, '--surprise']);
    expect(exitCode).toBe(2);
    const reported = stderr.trimEnd().split('\n');
    expect(reported.map((line) => line.replace(/ is not .*/, ''))).toStrictEqual([
      'crossaccountlink: "--surprise"',
      ...SETTINGS.map(({ flag, wrong }) => `crossaccountlink: --${flag}: "${wrong}"`),
      'crossaccountlink: see --help',
    ]);
  });

  it.concurrent('reports all wrong variables at once, and ends with 2', async () => {
    const env = Object.fromEntries(SETTINGS.map(({ variable, wrong }) => [variable, wrong]));
    const { stderr, exitCode } = await operator([], env);
    expect(exitCode).toBe(2);
    for (const { flag, wrong } of SETTINGS) expect(stderr).toContain(`--${flag}: "${wrong}" is not`);
  });

  it.concurrent('prefers a flag to its variable', async () => {
    const { stderr } = await operator(['--workers=0'], { WORKERS: '7', CLUSTER_ID: 'a' });
    expect(stderr).toMatch(/--workers: "0" is not/);
    expect(stderr).not.toMatch(/cluster-id/);
  });

  it.concurrent('ends with 2 without a cluster ID', async () => {
    const { stderr, exitCode } = await operator([]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--cluster-id: "" is not a cluster ID/);
  });

  it.concurrent('ends with 2 when a flag lacks its value', async () => {
    const { stderr, exitCode } = await operator(['--cluster-id=a', '--workers']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--workers <number>' argument missing/);
  });

  it.concurrent('says where it found no cluster, and ends with 1', async () => {
    const { stderr, exitCode } = await operator(['--cluster-id=a'], { HOME: '/nowhere' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/no Kubernetes cluster to talk to: set KUBECONFIG/);
  });

  it.concurrent('ends with 1 when its address is taken', async () => {
    await using cleanUp = new AsyncDisposableStack();
    const taken = createServer();
    cleanUp.defer(() => void taken.close());
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    taken.listen(0, '127.0.0.1', resolve);
    await listening;
    const address = taken.address();
    narrow(address !== null && typeof address === 'object', address);
    const folder = scratchFolder('settings');
    cleanUp.defer(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, KUBECONFIG);
    const { stderr, exitCode } = await operator(
      ['--cluster-id=a', `--metrics-address=127.0.0.1:${address.port}`],
      { KUBECONFIG: file },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/EADDRINUSE/);
  });
});
