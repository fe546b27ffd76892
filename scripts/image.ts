/**
 * Builds the image as the Dockerfile says, without a daemon, prints its size and runs it: `node scripts/image.ts [--archive
 * FILE]`. With --archive it is also written there, as an OCI archive. If no image can be built, it says why and ends with 0.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../testbed/arguments.ts';
import { IMAGE_NODE_OPTIONS } from '../testbed/operator.ts';
import { runOrThrow } from '../testbed/process.ts';
import { withProgress } from '../testbed/tools/progress.ts';
import { ensureBase } from './image/base.ts';
import { NoBuilder, openBuilder, type Builder } from './image/builder.ts';
import { layoutProblems } from './image/layout.ts';
import { measureImage } from './image/size.ts';
import { tryImage } from './image/trial.ts';
import { VERSION } from '../src/base/version.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BASE = 'docker.io/library/node:24-slim';
const IMAGE = `localhost/crossaccountlink:${VERSION}`;

const { values } = readArguments('make image [ARGS="--archive FILE"]', {
  options: { archive: { type: 'string' } },
});
try {
  await buildImage(await openBuilder(), values.archive);
} catch (error) {
  if (!(error instanceof NoBuilder)) throw error;
  process.stdout.write(`no image is built: ${error.message}\n`);
}

async function buildImage(builder: Builder, archive: string | undefined): Promise<void> {
  const from = await ensureBase(builder, BASE, join(ROOT, 'node_modules/.bin/node'));
  process.stdout.write(`${BASE}: ${from}\n`);
  const git = async (...args: readonly string[]) =>
    (await runOrThrow('git', ['-C', ROOT, ...args], { env: process.env })).trim();
  const revision = await git('rev-parse', 'HEAD');
  const epoch = await git('log', '-1', '--format=%ct');
  await withProgress(`building ${IMAGE}`, () =>
    builder.buildah(
      'bud',
      '--pull-never',
      '--network=host',
      '--layers',
      // Only Docker has HEALTHCHECK: an image that is pushed or archived as OCI leaves it out, and Kubernetes has its probes.
      '--format=docker',
      `--timestamp=${epoch}`,
      `--build-arg=SOURCE_DATE_EPOCH=${epoch}`,
      `--build-arg=VERSION=${VERSION}`,
      `--build-arg=REVISION=${revision}`,
      `--tag=${IMAGE}`,
      `--file=${join(ROOT, 'Dockerfile')}`,
      ROOT,
    ),
  );
  process.stdout.write(`${IMAGE}  ${await measureImage(builder, IMAGE)}\n`);
  process.stdout.write(`${IMAGE}  ${await tryImage(builder, IMAGE, ROOT)}\n`);
  if (archive === undefined) return;
  rmSync(archive, { force: true });
  await builder.buildah('push', '--quiet', IMAGE, `oci-archive:${archive}:${VERSION}`);
  await checkArchive(archive);
  process.stdout.write(
    `${archive}  is an OCI layout: digests, layers, user and command are as they should be\n`,
  );
}

/** @throws Error that says what is wrong with the archive */
async function checkArchive(archive: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'xal-layout-'));
  try {
    await runOrThrow('tar', ['-xf', archive, '-C', folder], { env: process.env });
    const problems = layoutProblems(folder, {
      tag: VERSION,
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      user: '65532:65532',
      entrypoint: ['node', ...IMAGE_NODE_OPTIONS, '/app/operator.mjs'],
    });
    if (problems.length > 0) throw new Error(`${archive}: ${problems.join('; ')}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
