import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { Cluster, User } from '@kubernetes/client-node';
import { Connection, loadKubeConfig } from '../../../src/kubernetes/connection.ts';

const server = 'https://127.0.0.1:6443';

function connect(cluster: Partial<Cluster>, user: Partial<User>): Connection {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server, skipTLSVerify: false, ...cluster },
    { name: 'u', ...user },
  );
  return new Connection(config);
}

/** What fake timers leave alone if only the date is to change. */
const ALL_BUT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

describe('the connection', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'connection-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const users: [string, Partial<User>, Record<string, string>][] = [
    ['a token', { token: 'secret' }, { Authorization: 'Bearer secret' }],
    ['a password', { username: 'me', password: 'ä:b' }, { Authorization: 'Basic bWU6w6Q6Yg==' }],
    ['impersonation', { impersonateUser: 'jane' }, { 'Impersonate-User': 'jane' }],
    ['a certificate alone', { certData: 'Yw==', keyData: 'aw==' }, {}],
  ];
  for (const [what, user, headers] of users) {
    test(`presents ${what}`, async () => {
      expect((await connect({}, user).credentials()).headers).toStrictEqual(headers);
    });
  }

  test('reads a token file again, as it is replaced in a pod', async () => {
    jest.useFakeTimers({ doNotFake: [...ALL_BUT_DATE] });
    try {
      const tokenFile = join(folder, 'token');
      await writeFile(tokenFile, 'first');
      const connection = connect({}, { authProvider: { name: 'tokenFile', config: { tokenFile } } });
      expect((await connection.credentials()).headers['Authorization']).toBe('Bearer first');
      await writeFile(tokenFile, 'second');
      jest.setSystemTime(Date.now() + 61_000);
      expect((await connection.credentials()).headers['Authorization']).toBe('Bearer second');
    } finally {
      jest.useRealTimers();
    }
  });

  test('keeps its sockets for as long as the certificates stay the same', async () => {
    const caFile = join(folder, 'ca.crt');
    await writeFile(caFile, 'one authority');
    const connection = connect({ caFile }, { token: 'secret' });
    const { agent } = await connection.credentials();
    expect((await connection.credentials()).agent).toBe(agent);
    await writeFile(caFile, 'another authority');
    expect((await connection.credentials()).agent).not.toBe(agent);
    connection.close();
  });

  for (const proxyUrl of ['http://127.0.0.1:3128', 'socks5://127.0.0.1:1080']) {
    test(`goes through the proxy ${proxyUrl}`, async () => {
      const direct = await connect({}, {}).credentials();
      const proxied = await connect({ proxyUrl }, {}).credentials();
      expect(proxied.agent.constructor).not.toBe(direct.agent.constructor);
    });
  }

  test('makes no slash at the end of the server into two', () => {
    expect(connect({ server: `${server}/` }, {}).server).toBe(server);
  });
});

describe('finding the cluster', () => {
  let folder: string;
  const before = { ...process.env };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
    process.env['HOME'] = folder;
  });
  afterEach(async () => {
    process.env = { ...before };
    await rm(folder, { recursive: true });
  });

  test('takes the file that KUBECONFIG names', async () => {
    const file = join(folder, 'config');
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'mine', server, skipTLSVerify: false }, { name: 'me' });
    await writeFile(file, config.exportConfig());
    process.env['KUBECONFIG'] = file;
    expect(loadKubeConfig().getCurrentCluster()?.name).toBe('mine');
  });

  test('says which file is missing', () => {
    process.env['KUBECONFIG'] = join(folder, 'missing');
    expect(() => loadKubeConfig()).toThrow(/missing/);
  });

  test('says what to do when there is no cluster at all', () => {
    delete process.env['KUBECONFIG'];
    expect(() => loadKubeConfig()).toThrow(/set KUBECONFIG/);
  });
});
