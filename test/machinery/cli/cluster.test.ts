/** The way to the cluster: kubectl's flags, and what is said when it does not lead there. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chosenLinks, withCluster, type Where } from '../../../src/cli/cluster/cluster.ts';
import { describeError } from '../../../src/cli/output/errors.ts';
import { FakeApiServer } from '../kubernetes/fake-api-server.ts';

const LINKS = '/apis/crossaccountlink.dev/v1alpha1/namespaces/payments/crossaccountlinks';
const SPEC = {
  stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
  targetRole: { arn: 'arn:aws:iam::222222222222:role/crossaccountlink/checkout' },
};

let server: FakeApiServer;
let folder: string;

beforeEach(async () => {
  server = await new FakeApiServer().start();
  folder = mkdtempSync(join(tmpdir(), 'xal-cluster-'));
  const metadata = { generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
  server.put(LINKS, 'checkout', { metadata, spec: SPEC });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

interface Config {
  readonly url?: string;
  readonly user?: object;
  readonly context?: string;
  readonly current?: string;
  /** What the context says otherwise. */
  readonly meant?: object;
  /** What the cluster says besides. */
  readonly cluster?: object;
}

function kubeconfig({
  url = server.url,
  user = { token: 'secret' },
  context = 'prod',
  current = context,
  meant = {},
  cluster = {},
}: Config = {}): string {
  const file = join(folder, `${context}-${crypto.randomUUID()}.yaml`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server: url, ...cluster } }],
    users: [{ name: `${context}-admin`, user }],
    contexts: [
      {
        name: context,
        context: { cluster: context, user: `${context}-admin`, namespace: 'payments', ...meant },
      },
    ],
    'current-context': current,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const keys = (where: Where, environment: Record<string, string> = {}, names: readonly string[] = []) =>
  withCluster(where, environment, async (cluster) =>
    (await chosenLinks(cluster, names, where)).map(
      ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    ),
  );

/** What a person reads. */
async function reported(
  where: Where,
  environment: Record<string, string> = {},
  names: readonly string[] = [],
) {
  try {
    return `no error: ${String(await keys(where, environment, names))}`;
  } catch (error) {
    return describeError(error);
  }
}

describe('the cluster', () => {
  it('is that of the kubeconfig, which --kubeconfig or KUBECONFIG names', async () => {
    const file = kubeconfig();
    expect(await keys({ kubeconfig: file })).toStrictEqual(['payments/checkout']);
    expect(await keys({}, { KUBECONFIG: file })).toStrictEqual(['payments/checkout']);
  });

  it('is that of a pipe, as `--kubeconfig <(…)` makes one, which gives its text once', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    // A program of its own: the pipe is waited for.
    spawn('sh', ['-c', 'cat "$0" > "$1"', kubeconfig(), pipe], { stdio: 'ignore' });
    expect(await keys({ kubeconfig: pipe })).toStrictEqual(['payments/checkout']);
  });

  it('is that of a file that a shell of Windows has written in UTF-16', async () => {
    const file = join(folder, 'utf16');
    writeFileSync(file, `\uFEFF${readFileSync(kubeconfig(), 'utf8')}`, 'utf16le');
    expect(await keys({ kubeconfig: file })).toStrictEqual(['payments/checkout']);
  });

  it('is not looked for in a file without end', async () => {
    expect(await reported({ kubeconfig: '/dev/zero' })).toMatch(
      /^kubeconfig \/dev\/zero: is larger than 64 MB/,
    );
  });

  it('is chosen by --context, of several files too, where the first that has an entry counts', async () => {
    const [one, two] = [
      kubeconfig({ url: 'http://127.0.0.1:1', context: 'one' }),
      kubeconfig({ context: 'two' }),
    ];
    const environment = { KUBECONFIG: [one, join(folder, 'missing'), two].join(delimiter) };
    expect(await keys({ context: 'two' }, environment)).toStrictEqual(['payments/checkout']);
    expect(await reported({}, environment)).toMatch(/127\.0\.0\.1:1 \(context one\) refuses the connection/);
  });

  it('is met as whom --as and --as-group say, with the token of --token', async () => {
    await keys({
      kubeconfig: kubeconfig(),
      as: 'bob',
      asGroup: ['admins', 'others'],
      asUid: '7',
      token: 'other',
    });
    const { headers } = server.requests.at(-1) ?? { headers: {} };
    expect(headers).toMatchObject({
      authorization: 'Bearer other',
      'impersonate-user': 'bob',
      'impersonate-group': 'admins, others',
      'impersonate-uid': '7',
    });
  });

  it('is met with the token of a file, which goes before one that stands in the kubeconfig', async () => {
    writeFileSync(join(folder, 'token'), 'of-the-file\n');
    const user = { token: 'old', tokenFile: 'token' };
    expect(await keys({ kubeconfig: kubeconfig({ user }) })).toStrictEqual(['payments/checkout']);
    expect(server.requests.at(-1)?.headers['authorization']).toBe('Bearer of-the-file');
    expect(await reported({ kubeconfig: kubeconfig({ user: { tokenFile: '/nowhere/token' } }) })).toMatch(
      /^the kubeconfig names \/nowhere\/token, where there is no file: log in again/,
    );
  });

  it('is met as whom the kubeconfig’s user acts, in groups and under a UID, too', async () => {
    const user = {
      token: 'secret',
      as: 'jane',
      'as-uid': '7',
      'as-groups': ['a', 'b'],
      'as-user-extra': { scopes: ['x'] },
    };
    await keys({ kubeconfig: kubeconfig({ user }) });
    expect(server.requests.at(-1)?.headers).toMatchObject({
      'impersonate-user': 'jane',
      'impersonate-uid': '7',
      'impersonate-group': 'a, b',
      'impersonate-extra-scopes': 'x',
    });
  });

  it('is where --server says, without any kubeconfig', async () => {
    expect(
      await keys({ server: server.url, token: 'x', namespace: 'payments' }, { HOME: folder }),
    ).toStrictEqual(['payments/checkout']);
  });

  it('is looked at in the namespace that a name says, and in each that names say', async () => {
    const config = kubeconfig();
    expect(await keys({ kubeconfig: config }, {}, ['xal/checkout', 'payments/checkout'])).toStrictEqual([
      'payments/checkout',
    ]);
  });
});

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
    server.fail(10, () => true, fault);
    const said = await reported({ kubeconfig: kubeconfig() });
    expect(said).toMatch(message);
    expect(said).not.toMatch(/\n|[{}]|ECONN/);
  });

  it('is waited for as long as --request-timeout says', async () => {
    server.fail(
      10,
      () => true,
      () => undefined,
    );
    expect(await reported({ kubeconfig: kubeconfig(), requestTimeout: 50 })).toMatch(
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
    ['a folder', () => ({ kubeconfig: folder }), /is a folder, not a file/],
    [
      'a file that is no kubeconfig',
      () => {
        const file = join(folder, 'broken');
        writeFileSync(file, 'clusters:\n\t- a');
        return { kubeconfig: file };
      },
      /broken cannot be read: line 2 is not valid YAML/,
    ],
    [
      'an empty file',
      () => {
        const file = join(folder, 'empty');
        writeFileSync(file, '\n');
        return { kubeconfig: file };
      },
      /^no Kubernetes cluster to talk to, .*empty names no cluster: set KUBECONFIG/,
    ],
    [
      'a context that is misspelt',
      () => ({ kubeconfig: kubeconfig(), context: 'prdo' }),
      /^the kubeconfig has no context "prdo": did you mean prod\?$/,
    ],
    [
      'a user that is none',
      () => ({ kubeconfig: kubeconfig(), user: 'x' }),
      /has no user "x": it has prod-admin$/,
    ],
    [
      'a current context that is none',
      () => ({ kubeconfig: kubeconfig({ current: 'gone' }) }),
      /current context "gone" is not in it: choose one with --context \(prod\)/,
    ],
    [
      'a context whose cluster is not there',
      () => ({ kubeconfig: kubeconfig({ meant: { cluster: 'gone' } }) }),
      /^context "prod" names cluster "gone", which the kubeconfig does not have: correct it/,
    ],
    [
      'a context whose user is misspelt',
      () => ({ kubeconfig: kubeconfig({ meant: { user: 'prod-admim' } }) }),
      /^context "prod" names user "prod-admim", which the kubeconfig does not have: did you mean prod-admin\?$/,
    ],
    [
      'a way to log in that kubectl has dropped',
      () => ({ kubeconfig: kubeconfig({ user: { 'auth-provider': { name: 'gcp' } } }) }),
      /by auth-provider "gcp", which kubectl no longer has either: write it anew/,
    ],
    [
      'an address that is none',
      () => ({ kubeconfig: kubeconfig(), server: 'prod' }),
      /^"prod" is not the address/,
    ],
    [
      'a port where nobody listens',
      () => ({ kubeconfig: kubeconfig({ url: 'http://127.0.0.1:1' }) }),
      /refuses the connection: is it running, and is the address right\?/,
    ],
    [
      'a program for credentials that is missing',
      () => ({ kubeconfig: kubeconfig({ user: { exec: { command: 'no-such-login' } } }) }),
      /gets credentials from "no-such-login", which is not installed or not on the PATH/,
    ],
    [
      'a program for credentials that fails',
      () => ({
        kubeconfig: kubeconfig({ user: script('echo trace >&2; echo session expired >&2; exit 1') }),
      }),
      /^"sh", which the kubeconfig gets credentials from, failed \(session expired\): log in again/,
    ],
    [
      'a program that prints no credentials',
      () => ({ kubeconfig: kubeconfig({ user: script('echo hello') }) }),
      /failed \(it printed no credentials\)/,
    ],
    [
      'a certificate that is not there',
      () => ({ kubeconfig: kubeconfig({ user: { 'client-certificate': '/nowhere.crt' } }) }),
      /names \/nowhere\.crt, where there is no file/,
    ],
    [
      'a certificate that is none',
      () => ({
        kubeconfig: kubeconfig({
          url: 'https://127.0.0.1:1',
          user: { 'client-certificate-data': 'aGVsbG8=', 'client-key-data': 'aGVsbG8=' },
        }),
      }),
      /was not asked, because the kubeconfig’s certificates or keys cannot be read \(.*no start line\): log in again/,
    ],
    ['groups without a user', () => ({ kubeconfig: kubeconfig(), asGroup: ['a'] }), /need --as/],
    ['two answers', () => ({ kubeconfig: kubeconfig(), namespace: 'a', allNamespaces: true }), /not both/],
    [
      'a namespace that is none',
      () => ({ kubeconfig: kubeconfig(), namespace: '../x' }),
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
      /^KUBECONFIG names \/nowhere, where there is no file/,
    );
  });

  it('is reported in one line: a server that speaks plainly where TLS is meant', async () => {
    const plain = createServer();
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const address = plain.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await reported({ kubeconfig: kubeconfig({ url: `https://127.0.0.1:${port}` }) })).toMatch(
      /does not speak TLS: is the address http:\/\//,
    );
    plain.close();
  });
});

describe('a name that is none', () => {
  it('is answered with the link, or the namespace, that may be meant', async () => {
    const config = kubeconfig();
    const NAMESPACES = '/api/v1/namespaces';
    server.put(NAMESPACES, 'payments');
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
    expect(await reported({ kubeconfig: kubeconfig({ user: { exec } }), requestTimeout: 50 })).toBe(
      '"sleep", which the kubeconfig gets credentials from, gave none within 0.05 s: run it by hand to see what it waits for; --request-timeout waits longer',
    );
  });
});

describe('a proxy that is not there', () => {
  const PROXY = 'http://user:secret@127.0.0.1:1';
  const SAYS =
    /^the proxy at http:\/\/127\.0\.0\.1:1 does not lead to the cluster at https?:\/\/\S+ \(context prod\) \(.*ECONNREFUSED.*\): is it running\? If no proxy is needed, correct proxy-url/;

  it('is named where proxy-url of the kubeconfig names it, without its password', async () => {
    const file = kubeconfig({ url: 'https://127.0.0.1:2', cluster: { 'proxy-url': PROXY } });
    const said = await reported({ kubeconfig: file });
    expect(said).toMatch(SAYS);
    expect(said).not.toMatch(/secret/);
  });

  it('is named where the environment names it', async () => {
    const said = await reported({ kubeconfig: kubeconfig() }, { HTTP_PROXY: PROXY });
    expect(said).toMatch(SAYS);
    expect(said).not.toMatch(/secret/);
  });
});
