/** The image with which the Dockerfile begins: the official one, or a stand-in if no image registry can be reached. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runOrThrow } from '../../testbed/process.ts';
import { withProgress } from '../../testbed/tools/progress.ts';
import { NoBuilder, type Builder } from './builder.ts';

/** How long a registry may take to answer at all. */
const PULL_TIMEOUT_MS = 120_000;
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Makes sure that `image` (as in `docker.io/library/node:24-slim`) can be built from, and returns where it comes from.
 *  @param node the binary that a stand-in runs */
export async function ensureBase(builder: Builder, image: string, node: string): Promise<string> {
  const standIn = `localhost/stand-in-${image.replaceAll(/[^a-z0-9]+/g, '-')}`;
  if (await builder.has(standIn)) return 'a stand-in, made before';
  if (await builder.has(image)) return 'pulled before';
  const pulled = await Promise.race([
    builder.buildah('pull', '--quiet', image).then(
      () => true,
      () => false,
    ),
    new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), PULL_TIMEOUT_MS).unref();
    }),
  ]);
  if (pulled) return 'pulled';
  await withProgress(
    `no image registry is in reach: making a stand-in for ${image} (once; a minute or two)`,
    () => makeStandIn(builder, standIn, node),
  );
  await builder.buildah('tag', standIn, image);
  return 'a stand-in, made from Debian packages and the pinned Node.js';
}

/** Debian's smallest system with Node.js and npm, and this machine's access to the npm registry. It is only used for building:
 *  the image takes from it the libraries that node loads. */
async function makeStandIn(builder: Builder, name: string, node: string): Promise<void> {
  if ((await run('mmdebstrap', ['--version'])).exitCode !== 0)
    throw new NoBuilder('mmdebstrap is missing (apt-get install mmdebstrap)');
  const folder = await mkdtemp(join(tmpdir(), 'xal-base-'));
  try {
    const system = join(folder, 'system.tar');
    const release = (await runOrThrow('sh', ['-c', '. /etc/os-release && echo "$VERSION_CODENAME"'])).trim();
    await runOrThrow('mmdebstrap', ['--variant=minbase', '--include=ca-certificates', release, system], {
      env: process.env,
    });
    const npm = join((await npmSetting('prefix')).trim(), 'lib/node_modules/npm');
    const npmrc = join(folder, 'npmrc');
    await writeFile(npmrc, `registry=${await npmSetting('registry')}\ncafile=${CERTIFICATES}\n`);
    const container = (await builder.buildah('from', 'scratch')).trim();
    await builder.buildah('add', '--quiet', container, system, '/');
    await builder.buildah('copy', '--quiet', container, node, '/usr/local/bin/node');
    await builder.buildah('copy', '--quiet', container, npm, '/usr/local/lib/node_modules/npm');
    await builder.buildah('copy', '--quiet', container, npmrc, '/usr/local/etc/npmrc');
    if (existsSync(CERTIFICATES))
      await builder.buildah('copy', '--quiet', container, CERTIFICATES, CERTIFICATES);
    await builder.buildah(
      'run',
      container,
      'ln',
      '-s',
      '/usr/local/lib/node_modules/npm/bin/npm-cli.js',
      '/usr/local/bin/npm',
    );
    await builder.buildah('commit', '--quiet', '--rm', container, name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function npmSetting(name: string): Promise<string> {
  return (await runOrThrow('npm', ['config', 'get', name], { env: process.env })).trim();
}
