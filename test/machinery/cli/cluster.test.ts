/** The way to the cluster: kubectl's flags, and whom it is met as. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { keys, reported, useCluster } from './cluster-bench.ts';

const the = useCluster();

describe('the cluster', () => {
  it('is that of the kubeconfig, which --kubeconfig or KUBECONFIG names', async () => {
    const file = the.kubeconfig();
    expect(await keys({ kubeconfig: file })).toStrictEqual(['payments/checkout']);
    expect(await keys({}, { KUBECONFIG: file })).toStrictEqual(['payments/checkout']);
  });

  it('is that of a pipe, as `--kubeconfig <(…)` makes one, which gives its text once', async () => {
    const pipe = join(the.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    // A program of its own: the pipe is waited for.
    spawn('sh', ['-c', 'cat "$0" > "$1"', the.kubeconfig(), pipe], { stdio: 'ignore' });
    expect(await keys({ kubeconfig: pipe })).toStrictEqual(['payments/checkout']);
  });

  it('is that of a file that a shell of Windows has written in UTF-16', async () => {
    const file = join(the.folder, 'utf16');
    writeFileSync(file, `\uFEFF${readFileSync(the.kubeconfig(), 'utf8')}`, 'utf16le');
    expect(await keys({ kubeconfig: file })).toStrictEqual(['payments/checkout']);
  });

  it('is not looked for in a file without end', async () => {
    expect(await reported({ kubeconfig: '/dev/zero' })).toMatch(
      /^kubeconfig \/dev\/zero: is larger than 64 MB/,
    );
  });

  it('is chosen by --context, of several files too, where the first that has an entry counts', async () => {
    const [one, two] = [
      the.kubeconfig({ url: 'http://127.0.0.1:1', context: 'one' }),
      the.kubeconfig({ context: 'two' }),
    ];
    const environment = { KUBECONFIG: [one, join(the.folder, 'missing'), two].join(delimiter) };
    expect(await keys({ context: 'two' }, environment)).toStrictEqual(['payments/checkout']);
    expect(await reported({}, environment)).toMatch(/127\.0\.0\.1:1 \(context one\) refuses the connection/);
  });

  it('is met as whom --as and --as-group say, with the token of --token', async () => {
    await keys({
      kubeconfig: the.kubeconfig(),
      as: 'bob',
      asGroup: ['admins', 'others'],
      asUid: '7',
      token: 'other',
    });
    const { headers } = the.server.requests.at(-1) ?? { headers: {} };
    expect(headers).toMatchObject({
      authorization: 'Bearer other',
      'impersonate-user': 'bob',
      'impersonate-group': 'admins, others',
      'impersonate-uid': '7',
    });
  });

  it('is met with the token of a file, which goes before one that stands in the kubeconfig', async () => {
    writeFileSync(join(the.folder, 'token'), 'of-the-file\n');
    const user = { token: 'old', tokenFile: 'token' };
    expect(await keys({ kubeconfig: the.kubeconfig({ user }) })).toStrictEqual(['payments/checkout']);
    expect(the.server.requests.at(-1)?.headers['authorization']).toBe('Bearer of-the-file');
    expect(await reported({ kubeconfig: the.kubeconfig({ user: { tokenFile: '/nowhere/token' } }) })).toMatch(
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
    await keys({ kubeconfig: the.kubeconfig({ user }) });
    expect(the.server.requests.at(-1)?.headers).toMatchObject({
      'impersonate-user': 'jane',
      'impersonate-uid': '7',
      'impersonate-group': 'a, b',
      'impersonate-extra-scopes': 'x',
    });
  });

  it('is where --server says, without any kubeconfig', async () => {
    expect(
      await keys({ server: the.server.url, token: 'x', namespace: 'payments' }, { HOME: the.folder }),
    ).toStrictEqual(['payments/checkout']);
  });

  it('is looked at in the namespace that a name says, and in each that names say', async () => {
    const config = the.kubeconfig();
    expect(await keys({ kubeconfig: config }, {}, ['xal/checkout', 'payments/checkout'])).toStrictEqual([
      'payments/checkout',
    ]);
  });
});
