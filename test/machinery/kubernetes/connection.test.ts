import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
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
      assert.deepEqual((await connect({}, user).credentials()).headers, headers);
    });
  }

  test('reads a token file anew, as it is replaced in a pod', async () => {
    mock.timers.enable({ apis: ['Date'] });
    try {
      const tokenFile = join(folder, 'token');
      await writeFile(tokenFile, 'first');
      const connection = connect({}, { authProvider: { name: 'tokenFile', config: { tokenFile } } });
      assert.equal((await connection.credentials()).headers['Authorization'], 'Bearer first');
      await writeFile(tokenFile, 'second');
      mock.timers.tick(61_000);
      assert.equal((await connection.credentials()).headers['Authorization'], 'Bearer second');
    } finally {
      mock.timers.reset();
    }
  });

  test('keeps its sockets for as long as the certificates stay the same', async () => {
    const caFile = join(folder, 'ca.crt');
    await writeFile(caFile, 'one authority');
    const connection = connect({ caFile }, { token: 'secret' });
    const { agent } = await connection.credentials();
    assert.equal((await connection.credentials()).agent, agent);
    await writeFile(caFile, 'another authority');
    assert.notEqual((await connection.credentials()).agent, agent);
    connection.close();
  });

  for (const proxyUrl of ['http://127.0.0.1:3128', 'socks5://127.0.0.1:1080']) {
    test(`goes through the proxy ${proxyUrl}`, async () => {
      const direct = await connect({}, {}).credentials();
      const proxied = await connect({ proxyUrl }, {}).credentials();
      assert.notEqual(proxied.agent.constructor, direct.agent.constructor);
    });
  }

  test('makes no slash at the end of the server into two', () => {
    assert.equal(connect({ server: `${server}/` }, {}).server, server);
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
    assert.equal(loadKubeConfig().getCurrentCluster()?.name, 'mine');
  });

  test('says which file is missing', () => {
    process.env['KUBECONFIG'] = join(folder, 'missing');
    assert.throws(() => loadKubeConfig(), /missing/);
  });

  test('says what to do when there is no cluster at all', () => {
    delete process.env['KUBECONFIG'];
    assert.throws(() => loadKubeConfig(), /set KUBECONFIG/);
  });
});
