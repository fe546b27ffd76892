/** Official binaries, from a server on this machine that plays the hosts which publish them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { runOrThrow } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';
import { publishedChecksum } from '../../../testbed/tools/download.ts';
import { Downloads } from '../../../testbed/tools/downloads.ts';
import {
  apiServerReleases,
  etcdReleases,
  helmReleases,
  kubectlReleases,
  kubernetesServer,
  promtoolReleases,
} from '../../../testbed/tools/releases.ts';
import { atMost } from '../../../testbed/eventually.ts';

const BINARY = '#!/bin/sh\necho official\n';
const KUBECTL = {
  url: 'https://dl.example.com/v1.36.3/kubectl',
  checksums: 'https://dl.example.com/v1.36.3/kubectl.sha256',
  algorithm: 'sha256',
} as const;
const ETCD = {
  url: 'https://code.example.com/etcd.tar.gz',
  checksums: 'https://code.example.com/SHA256SUMS',
  algorithm: 'sha256',
  member: 'etcd-v3/etcd',
} as const;

const folder = scratchFolder('downloads-test');
const target = join(folder, 'target');
/** What the hosts serve, by host and path. */
const served = new Map<string, string | Buffer | 'silence'>();
let server: Server;
let mirror: string;
/** What a person reads. */
const lines: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const body = served.get((request.url ?? '').slice(1));
    if (body === 'silence') response.writeHead(200).write('a first byte');
    else if (body === undefined) response.writeHead(404).end();
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  mirror = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  served.clear();
  rmSync(target, { force: true });
  lines.length = 0;
});

const downloads = (at = mirror) =>
  new Downloads({ mirror: at, answerTimeoutMs: 1_000, silenceTimeoutMs: 200 }, (line) => lines.push(line));
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

describe('an official binary', () => {
  it('is taken when it is what its checksum says, and can be run', async () => {
    served.set('dl.example.com/v1.36.3/kubectl', BINARY);
    served.set('dl.example.com/v1.36.3/kubectl.sha256', `${sha256(BINARY)}\n`);
    expect(await downloads().take('kubectl', [KUBECTL], target)).toBe(true);
    expect(await runOrThrow(target, [])).toBe('official\n');
    expect(lines).toEqual([]);
  });

  it('is taken out of an archive', async () => {
    mkdirSync(join(folder, 'etcd-v3'), { recursive: true });
    writeFileSync(join(folder, 'etcd-v3/etcd'), BINARY);
    await runOrThrow('tar', ['-czf', join(folder, 'etcd.tar.gz'), '-C', folder, 'etcd-v3']);
    const archive = readFileSync(join(folder, 'etcd.tar.gz'));
    served.set('code.example.com/etcd.tar.gz', archive);
    served.set(
      'code.example.com/SHA256SUMS',
      `${sha256('else')}  other.tar.gz\n${sha256(archive)}  etcd.tar.gz\n`,
    );
    expect(await downloads().take('etcd', [ETCD], target)).toBe(true);
    accessSync(target, constants.X_OK);
    expect(readFileSync(target, 'utf8')).toBe(BINARY);
  });

  it('is refused when its checksum is another, and nothing of it stays', async () => {
    served.set('dl.example.com/v1.36.3/kubectl', 'something else');
    served.set('dl.example.com/v1.36.3/kubectl.sha256', sha256(BINARY));
    expect(await downloads().take('kubectl', [KUBECTL], target)).toBe(false);
    expect(lines).toEqual([expect.stringMatching(/kubectl is refused: its sha256 is .*, published is /)]);
    expect(existsSync(target)).toBe(false);
  });

  it('is refused when no checksum of it is published', async () => {
    served.set('code.example.com/etcd.tar.gz', BINARY);
    served.set('code.example.com/SHA256SUMS', `${sha256(BINARY)}  another.tar.gz\n`);
    expect(await downloads().take('etcd', [ETCD], target)).toBe(false);
    expect(lines).toEqual([
      expect.stringContaining('publishes no sha256 of https://code.example.com/etcd.tar.gz'),
    ]);
  });

  it('that breaks off is not taken', async () => {
    served.set('dl.example.com/v1.36.3/kubectl', 'silence');
    served.set('dl.example.com/v1.36.3/kubectl.sha256', sha256(BINARY));
    expect(await downloads().take('kubectl', [KUBECTL], target)).toBe(false);
    expect(lines).toEqual([expect.stringContaining('broke off')]);
    expect(existsSync(target)).toBe(false);
  });

  it('is looked for at the next place where one has none', async () => {
    served.set('dl.example.com/v1.36.3/kubectl', BINARY);
    served.set('dl.example.com/v1.36.3/kubectl.sha256', sha256(BINARY));
    expect(await downloads().take('kubectl', [ETCD, KUBECTL], target)).toBe(true);
    expect(lines).toEqual([expect.stringContaining('code.example.com answers 404')]);
  });
});

describe('a machine without internet', () => {
  it('says so in one line, for however many binaries', async () => {
    // Nobody listens on the discard port.
    const nowhere = downloads('http://127.0.0.1:9');
    expect(await nowhere.take('kubectl', [KUBECTL, ETCD], target)).toBe(false);
    expect(await nowhere.take('etcd', [ETCD], target)).toBe(false);
    expect(lines).toEqual(['dl.example.com cannot be reached: what is missing is built from its sources']);
  });

  it('does not wait for a host that takes the connection and says nothing', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const start = performance.now();
    expect(await downloads(`http://127.0.0.1:${port}`).take('kubectl', [KUBECTL], target)).toBe(false);
    expect(performance.now() - start).toBeLessThan(atMost(2_000));
    mute.closeAllConnections();
    mute.close();
  });
});

describe('a published checksum', () => {
  const hex = 'ab'.repeat(32);
  const long = 'cd'.repeat(64);
  it.each([
    ['alone', `${hex}\n`, 'sha256', hex],
    ['in upper case', hex.toUpperCase(), 'sha256', hex],
    ['beside the name', `${'0'.repeat(64)}  other\n${hex}  file\n`, 'sha256', hex],
    ['beside the name of a binary', `${hex} *file`, 'sha256', hex],
    ['in an index', `releases:\n  v1:\n    file:\n      hash: ${long}\n      selfLink: x\n`, 'sha512', long],
    ['of another file', `${hex}  file.sig\n`, 'sha256', undefined],
    ['of another kind', `${hex}  file\n`, 'sha512', undefined],
    ['in a page that says sorry', '<html>not found</html>', 'sha256', undefined],
  ] as const)('%s', (_, text, algorithm, expected) => {
    expect(publishedChecksum(text, 'file', algorithm)).toBe(expected);
  });
});

describe('the releases of this platform', () => {
  it.each([
    ['etcd', etcdReleases('v3.6.8')],
    ['kubectl', kubectlReleases('v1.36.3')],
    ['kube-apiserver', apiServerReleases('v1.36.3')],
    ['kube-controller-manager', kubernetesServer('kube-controller-manager')('v1.36.3')],
    ['helm', helmReleases('v3.22.0')],
    ['promtool', promtoolReleases('v0.313.5')],
  ])('are named for %s, over https, each with its checksum', (_, releases) => {
    for (const { url, checksums } of releases) {
      expect(url).toMatch(/^https:\/\//);
      expect(checksums).toMatch(/^https:\/\//);
    }
    if (process.platform === 'linux') expect(releases.length).toBeGreaterThan(0);
  });

  it('know that Prometheus 3.13.5 is v0.313.5 as a module', () => {
    for (const { url } of promtoolReleases('v0.313.5')) expect(url).toContain('/v3.13.5/prometheus-3.13.5.');
  });
});
