/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, to AWS and to the API server: what is sent past the proxy and what through it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { IAMClient, GetRoleCommand } from '@aws-sdk/client-iam';
import { toFailure } from '../../../src/aws/errors/errors.ts';
import { Transport } from '../../../src/aws/transport/transport.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { KubernetesClient } from '../../../src/kubernetes/client.ts';
import { Connection } from '../../../src/kubernetes/connection.ts';
import { startConnectProxy, type ConnectProxy } from '../connect-proxy.ts';
import { identityAnswer, startFakeAws, type FakeAws } from './fake-aws.ts';

const TLS = fileURLToPath(new URL('../../data/tls/', import.meta.url));
const CERTIFICATE = `${TLS}certificate.pem`;
const tls = { cert: readFileSync(CERTIFICATE, 'utf8'), key: readFileSync(`${TLS}key.pem`, 'utf8') };
const IDENTITY = identityAnswer('222222222222');
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

let server: FakeAws;
let proxy: ConnectProxy;

beforeEach(async () => {
  server = await startFakeAws(tls);
  proxy = await startConnectProxy(server);
});
afterEach(async () => {
  await proxy.close();
  await server.close();
});

describe('calls to AWS', () => {
  it('go through the proxy, each service under its own name, and keep their tunnels', async () => {
    const transport = new Transport({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: CERTIFICATE }, 'test');
    server.answer = ({ operation }) =>
      operation === 'GetCallerIdentity' ? IDENTITY : { kind: 'error', status: 404, code: 'NoSuchEntity' };
    const sts = new STSClient({ ...transport.shared, region: 'us-east-1', credentials });
    const iam = new IAMClient({ ...transport.shared, region: 'us-east-1', credentials });
    for (let count = 0; count < 3; count += 1) await sts.send(new GetCallerIdentityCommand({}));
    await expect(iam.send(new GetRoleCommand({ RoleName: 'x' }))).rejects.toThrow(
      /NoSuchEntity|UnknownError/,
    );
    transport.close();
    expect(proxy.tunnels).toStrictEqual(['sts.us-east-1.amazonaws.com:443', 'iam.amazonaws.com:443']);
    expect(server.calls.map(({ operation }) => operation)).toStrictEqual([
      'GetCallerIdentity',
      'GetCallerIdentity',
      'GetCallerIdentity',
      'GetRole',
    ]);
  });

  it.each([
    ['where NO_PROXY says so', () => ({ HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.0/8' })],
    ['when only HTTP_PROXY is set and the endpoint is https', () => ({ HTTP_PROXY: proxy.url })],
  ])('go past the proxy %s', async (_when, environment) => {
    const transport = new Transport({ ...environment(), AWS_CA_BUNDLE: CERTIFICATE }, 'test');
    server.answer = () => IDENTITY;
    const sts = new STSClient({
      ...transport.shared,
      region: 'us-east-1',
      endpoint: server.url,
      credentials,
    });
    await sts.send(new GetCallerIdentityCommand({}));
    transport.close();
    expect([proxy.tunnels, proxy.requests]).toStrictEqual([[], []]);
    expect(server.calls).toHaveLength(1);
  });

  it.each([
    ['past it', '::/64', 0],
    ['past it', '[::1]:1', 0],
    ['through it', 'fd00::/8', 1],
  ])('to an endpoint of IPv6 go %s with NO_PROXY=%s', async (_way, exceptions, tunnels) => {
    const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: exceptions, AWS_CA_BUNDLE: CERTIFICATE };
    const transport = new Transport(environment, 'test');
    // Nobody listens there.
    const endpoint = 'https://[::1]:1';
    const sts = new STSClient({ ...transport.shared, region: 'us-east-1', endpoint, credentials });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow();
    transport.close();
    expect(proxy.tunnels).toHaveLength(tunnels);
  });

  it('that the proxy does not let through say what to look at', async () => {
    const strict = createServer().on('connect', (_request, socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    );
    strict.listen(0, '127.0.0.1');
    await once(strict, 'listening');
    const address = Object(strict.address());
    const transport = new Transport({ HTTPS_PROXY: `http://me:secret@127.0.0.1:${address.port}` }, 'test');
    const sts = new STSClient({ ...transport.shared, region: 'us-east-1', credentials });
    const error: unknown = await sts
      .send(new GetCallerIdentityCommand({}))
      .catch((thrown: unknown) => thrown);
    const failure = toFailure(error, { accountId: '1', operation: 'GetCallerIdentity', object: '1' });
    expect(failure).toMatchObject({ kind: 'retryable', reason: 'Unavailable' });
    expect(failure.message).toMatch(/407 Proxy Authentication Required.*check HTTPS_PROXY and NO_PROXY/);
    expect(failure.message).not.toContain('secret');
    transport.close();
    strict.close();
  });

  it('of an endpoint without TLS go through HTTP_PROXY', async () => {
    const plain = await startFakeAws();
    const way = await startConnectProxy(plain);
    const transport = new Transport({ http_proxy: way.url }, 'test');
    plain.answer = () => IDENTITY;
    const endpoint = 'http://sts.test';
    const sts = new STSClient({ ...transport.shared, region: 'us-east-1', endpoint, credentials });
    await sts.send(new GetCallerIdentityCommand({}));
    transport.close();
    expect(way.requests).toStrictEqual(['http://sts.test/']);
    await way.close();
    await plain.close();
  });
});

const clientWith = (environment: Record<string, string>, address: string, proxyUrl?: string) => {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: 'c',
      server: address,
      caFile: CERTIFICATE,
      skipTLSVerify: false,
      ...(proxyUrl !== undefined && { proxyUrl }),
    },
    { name: 'u', token: 'secret' },
  );
  const connection = new Connection(config, environment);
  const client = new KubernetesClient({ connection, clock: systemClock, userAgent: 'test' });
  const ask = () =>
    client.get({ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }, { name: 'x' });
  return { connection, ask };
};

describe('calls to the API server', () => {
  beforeEach(() => {
    server.answer = () => ({ kind: 'json', body: { metadata: { name: 'x' } } });
  });

  it('go through the proxy of the environment, and keep their tunnel', async () => {
    const { connection, ask } = clientWith({ HTTPS_PROXY: proxy.url }, 'https://kubernetes.test:6443');
    await ask();
    await ask();
    connection.close();
    expect(proxy.tunnels).toStrictEqual(['kubernetes.test:6443']);
  });

  it('go past it where NO_PROXY holds the block that the API server lies in', async () => {
    const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: '10.0.0.0/8,127.0.0.0/16' };
    const { connection, ask } = clientWith(environment, `https://127.0.0.1:${server.port}`);
    await ask();
    connection.close();
    expect(proxy.tunnels).toStrictEqual([]);
  });

  it.each([
    ['past it', '::/64', 0],
    ['through it', 'fd00::/8', 1],
  ])('of an IPv6 cluster go %s with NO_PROXY=%s', async (_way, exceptions, tunnels) => {
    // Nobody listens there, so that it is asked more than once.
    const { connection, ask } = clientWith(
      { HTTPS_PROXY: proxy.url, NO_PROXY: exceptions },
      'https://[::1]:1',
    );
    await expect(ask()).rejects.toThrow();
    connection.close();
    expect(new Set(proxy.tunnels).size).toBe(tunnels);
  });

  it('go through the proxy of the kubeconfig rather than that of the environment', async () => {
    const other = await startConnectProxy(server);
    const { connection, ask } = clientWith(
      { HTTPS_PROXY: proxy.url },
      'https://kubernetes.test:6443',
      other.url,
    );
    await ask();
    connection.close();
    expect([proxy.tunnels.length, other.tunnels.length]).toStrictEqual([0, 1]);
    await other.close();
  });
});
