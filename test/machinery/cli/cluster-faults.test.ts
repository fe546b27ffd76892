/** What is said if the cluster cannot be reached, or answers with nothing useful. */
import { writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Where } from '../../../src/cli/cluster/cluster.ts';
import { reported, useCluster } from './cluster-bench.ts';

const the = useCluster();

const FORBIDDEN = {
  kind: 'Status',
  reason: 'Forbidden',
  message:
    'crossaccountlinks.crossaccountlink.dev is forbidden: User "bob" cannot list resource "crossaccountlinks" in API group "crossaccountlink.dev" in the namespace "payments"',
};

const answer = (status: number, body: string | object) => (response: ServerResponse) => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

describe('an answer that is none of use', () => {
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'credentials that have expired',
      answer(401, { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' }),
      /\(context prod\) does not accept your credentials, which may have expired: log in again/,
    ],
    [
      'no right to list links',
      answer(403, FORBIDDEN),
      /^user "bob" may not list crossaccountlinks in namespace payments: ask whoever administers the cluster for "list" on crossaccountlinks there, as the chart’s ClusterRole crossaccountlink-viewer allows it$/,
    ],
    [
      'a cluster without the CRDs',
      answer(404, '404 page not found\n'),
      /^the cluster has no CrossAccountLinks: the operator is not installed there/,
    ],
    [
      'a fault of the server',
      answer(500, { kind: 'Status', reason: 'InternalError', message: 'a\nb' }),
      /failed \(500/,
    ],
    [
      'something else that answers',
      answer(200, '<html>'),
      /is not a Kubernetes API server: correct the address/,
    ],
    [
      'a connection that is cut',
      (response) => response.destroy(),
      /closed the connection: is there a proxy in between|does not answer/,
    ],
  ])('is reported in one line: %s', async (_, fault, message) => {
    the.server.fail(10, () => true, fault);
    const said = await reported({ kubeconfig: the.kubeconfig() });
    expect(said).toMatch(message);
    expect(said).not.toMatch(/\n|[{}]|ECONN/);
  });

  it('is waited for as long as --request-timeout says', async () => {
    the.server.fail(
      10,
      () => true,
      () => undefined,
    );
    expect(await reported({ kubeconfig: the.kubeconfig(), requestTimeout: 50 })).toMatch(
      /does not answer in time/,
    );
  });
});

const script = (text: string) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', text] },
});

describe('a way that leads nowhere', () => {
  const cases: readonly (readonly [string, () => Where, RegExp])[] = [
    [
      'a file that is not there',
      () => ({ kubeconfig: '/nowhere' }),
      /^kubeconfig \/nowhere: there is no such file$/,
    ],
    ['a folder', () => ({ kubeconfig: the.folder }), /is a folder, not a file/],
    [
      'a file that is no kubeconfig',
      () => {
        const file = join(the.folder, 'broken');
        writeFileSync(file, 'clusters:\n\t- a');
        return { kubeconfig: file };
      },
      /broken cannot be read: line 2 is not valid YAML/,
    ],
    [
      'an empty file',
      () => {
        const file = join(the.folder, 'empty');
        writeFileSync(file, '\n');
        return { kubeconfig: file };
      },
      /^no Kubernetes cluster to talk to, .*empty names no cluster: set KUBECONFIG/,
    ],
    [
      'a context that is misspelt',
      () => ({ kubeconfig: the.kubeconfig(), context: 'prdo' }),
      /^the kubeconfig has no context "prdo": did you mean prod\?$/,
    ],
    [
      'a user that is none',
      () => ({ kubeconfig: the.kubeconfig(), user: 'x' }),
      /has no user "x": it has prod-admin$/,
    ],
    [
      'a current context that is none',
      () => ({ kubeconfig: the.kubeconfig({ current: 'gone' }) }),
      /current context "gone" is not in it: choose one with --context \(prod\)/,
    ],
    [
      'a context whose cluster is not there',
      () => ({ kubeconfig: the.kubeconfig({ meant: { cluster: 'gone' } }) }),
      /^context "prod" names cluster "gone", which the kubeconfig does not have: correct it/,
    ],
    [
      'a context whose user is misspelt',
      () => ({ kubeconfig: the.kubeconfig({ meant: { user: 'prod-admim' } }) }),
      /^context "prod" names user "prod-admim", which the kubeconfig does not have: did you mean prod-admin\?$/,
    ],
    [
      'a way to log in that kubectl has dropped',
      () => ({ kubeconfig: the.kubeconfig({ user: { 'auth-provider': { name: 'gcp' } } }) }),
      /from auth-provider "gcp", which kubectl no longer supports either: generate it again/,
    ],
    [
      'an address that is none',
      () => ({ kubeconfig: the.kubeconfig(), server: 'prod' }),
      /^"prod" is not the address/,
    ],
    [
      'a port where nobody listens',
      () => ({ kubeconfig: the.kubeconfig({ url: 'http://127.0.0.1:1' }) }),
      /refuses the connection: is it running, and is the address right\?/,
    ],
    [
      'a program for credentials that is missing',
      () => ({ kubeconfig: the.kubeconfig({ user: { exec: { command: 'no-such-login' } } }) }),
      /gets credentials from "no-such-login", which is not installed or not on the PATH/,
    ],
    [
      'a program for credentials that fails',
      () => ({
        kubeconfig: the.kubeconfig({ user: script('echo trace >&2; echo session expired >&2; exit 1') }),
      }),
      /^"sh", which the kubeconfig gets credentials from, failed \(session expired\): log in again/,
    ],
    [
      'a program that prints no credentials',
      () => ({ kubeconfig: the.kubeconfig({ user: script('echo hello') }) }),
      /failed \(it printed no credentials\)/,
    ],
    [
      'a certificate that is not there',
      () => ({ kubeconfig: the.kubeconfig({ user: { 'client-certificate': '/nowhere.crt' } }) }),
      /names \/nowhere\.crt, where there is no file/,
    ],
    [
      'a certificate that is none',
      () => ({
        kubeconfig: the.kubeconfig({
          url: 'https://127.0.0.1:1',
          user: { 'client-certificate-data': 'aGVsbG8=', 'client-key-data': 'aGVsbG8=' },
        }),
      }),
      /was not asked, because the kubeconfig’s certificates or keys cannot be read \(.*no start line\): log in again/,
    ],
    ['groups without a user', () => ({ kubeconfig: the.kubeconfig(), asGroup: ['a'] }), /need --as/],
    [
      'two answers',
      () => ({ kubeconfig: the.kubeconfig(), namespace: 'a', allNamespaces: true }),
      /not both/,
    ],
    [
      'a namespace that is none',
      () => ({ kubeconfig: the.kubeconfig(), namespace: '../x' }),
      /is not a valid namespace name/,
    ],
  ];
  it.each(cases)('is reported in one line: %s', async (_, where, message) => {
    const said = await reported(where());
    expect(said).toMatch(message);
    expect(said).not.toMatch(/\n|ENOENT|ECONN/);
  });

  it('is reported in one line: KUBECONFIG names no file', async () => {
    expect(await reported({}, { KUBECONFIG: '/nowhere' })).toMatch(
      /^KUBECONFIG names \/nowhere, which does not exist/,
    );
  });

  it('is reported in one line: a server that speaks plainly where TLS is meant', async () => {
    const plain = createServer();
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const address = plain.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await reported({ kubeconfig: the.kubeconfig({ url: `https://127.0.0.1:${port}` }) })).toMatch(
      /does not speak TLS: is the address http:\/\//,
    );
    plain.close();
  });
});

describe('a name that is none', () => {
  it('is answered with the link, or the namespace, that may be meant', async () => {
    const config = the.kubeconfig();
    const NAMESPACES = '/api/v1/namespaces';
    the.server.put(NAMESPACES, 'payments');
    expect(await reported({ kubeconfig: config }, {}, ['chekout'])).toBe(
      'there is no CrossAccountLink payments/chekout: did you mean checkout?',
    );
    expect(await reported({ kubeconfig: config }, {}, ['paymnts/checkout'])).toBe(
      'there is no namespace "paymnts": did you mean payments?',
    );
    expect(await reported({ kubeconfig: config, namespace: 'paymets' })).toBe(
      'there is no namespace "paymets": did you mean payments?',
    );
  });
});

describe('credentials of a plugin that hangs', () => {
  it('are waited for as long as --request-timeout says, and what it waits for can be found out', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['0.5'] };
    expect(await reported({ kubeconfig: the.kubeconfig({ user: { exec } }), requestTimeout: 50 })).toBe(
      '"sleep", which the kubeconfig gets credentials from, gave none within 0.05 s: run it by hand to see what it waits for; --request-timeout waits longer',
    );
  });
});

describe('a proxy that is not there', () => {
  const PROXY = 'http://user:secret@127.0.0.1:1';
  const SAYS =
    /^the proxy at http:\/\/127\.0\.0\.1:1 does not lead to the cluster at https?:\/\/\S+ \(context prod\) \(.*ECONNREFUSED.*\): is it running\? If no proxy is needed, correct proxy-url/;

  it('is named where proxy-url of the kubeconfig names it, without its password', async () => {
    const file = the.kubeconfig({ url: 'https://127.0.0.1:2', cluster: { 'proxy-url': PROXY } });
    const said = await reported({ kubeconfig: file });
    expect(said).toMatch(SAYS);
    expect(said).not.toMatch(/secret/);
  });

  it('is named where the environment names it', async () => {
    const said = await reported({ kubeconfig: the.kubeconfig() }, { HTTP_PROXY: PROXY });
    expect(said).toMatch(SAYS);
    expect(said).not.toMatch(/secret/);
  });
});
