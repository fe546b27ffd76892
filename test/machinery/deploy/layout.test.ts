/** The check that a release's image archive has to pass, on layouts as small as they can be. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { layoutProblems, type WantedImage } from '../../../scripts/image/layout.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';

const WANTED: WantedImage = {
  tag: '1.2.3',
  architecture: 'amd64',
  user: '65532:65532',
  entrypoint: ['node', '/app/operator.mjs'],
};
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

let folder: string;
beforeEach(() => {
  folder = scratchFolder('layout');
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

function blob(mediaType: string, content: Uint8Array) {
  const hash = sha256(content);
  writeFileSync(join(folder, 'blobs/sha256', hash), content);
  return { mediaType, digest: `sha256:${hash}`, size: content.length };
}

const json = (mediaType: string, value: object) => blob(mediaType, Buffer.from(JSON.stringify(value)));

interface Twist {
  readonly config?: object;
  readonly run?: object;
  readonly mediaType?: string;
  readonly tag?: string;
  readonly version?: string;
  readonly count?: number;
}

/** Writes a layout that is as wanted except for the twist; returns the digests of manifest and layer. */
function write({
  config = {},
  run = {},
  mediaType = LAYER,
  tag = '1.2.3',
  version = '1.0.0',
  count = 1,
}: Twist) {
  const tar = Buffer.from('as good as a tar');
  const layer = blob(mediaType, gzipSync(tar));
  const described = json('application/vnd.oci.image.config.v1+json', {
    os: 'linux',
    architecture: 'amd64',
    config: { User: '65532:65532', Entrypoint: ['node', '/app/operator.mjs'], ...run },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(tar)}`] },
    ...config,
  });
  const manifest = json('application/vnd.oci.image.manifest.v1+json', { config: described, layers: [layer] });
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': tag } };
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: version }));
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ manifests: Array.from({ length: count }, () => named) }),
  );
  return { manifest: manifest.digest.slice(7), layer: layer.digest.slice(7) };
}

describe('an image archive', () => {
  it('is good when it is what the Dockerfile says, and whole', () => {
    write({});
    expect(layoutProblems(folder, WANTED)).toStrictEqual([]);
  });

  const twists: readonly [string, Twist, string][] = [
    ['of another version of layouts', { version: '2.0.0' }, 'oci-layout does not say version 1.0.0'],
    ['of two images', { count: 2 }, 'index.json names 2 images'],
    ['under another tag', { tag: 'latest' }, 'the tag is latest rather than 1.2.3'],
    ['for another processor', { config: { architecture: 'arm64' } }, 'it is not for amd64'],
    ['that runs as root', { run: { User: '0' } }, 'it does not run as 65532:65532'],
    ['that starts a shell', { run: { Entrypoint: ['sh'] } }, 'it does not start node /app/operator.mjs'],
    ['with layers of Docker', { mediaType: `${LAYER}.docker` }, `a layer is ${LAYER}.docker`],
    [
      'with other layers than it says',
      { config: { rootfs: { type: 'layers', diff_ids: [] } } },
      'its layers are not those that its configuration names',
    ],
  ];
  it.each(twists)('is refused: one %s', (_, twist, problem) => {
    write(twist);
    expect(layoutProblems(folder, WANTED)).toContain(problem);
  });

  it('is refused where a part was changed, or is missing', () => {
    const { layer } = write({});
    writeFileSync(join(folder, 'blobs/sha256', layer), gzipSync('something else'));
    expect(layoutProblems(folder, WANTED)).toContain(`sha256:${layer} holds something else`);
    rmSync(join(folder, 'blobs/sha256', layer));
    expect(layoutProblems(folder, WANTED)).toContain(`sha256:${layer} is missing`);
    rmSync(join(folder, 'index.json'));
    expect(layoutProblems(folder, WANTED)).toContain('index.json is missing');
  });
});
