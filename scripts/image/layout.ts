/** Checks an image as an OCI layout against the specification and the Dockerfile, without trusting what wrote it.
 *  https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isJsonObject, memberOf, stringAt, type Json, type JsonObject } from '../../src/base/json.ts';

/** What the image has to be. */
export interface WantedImage {
  /** The tag that its index names. */
  readonly tag: string;
  /** In OCI's terms: `amd64`. */
  readonly architecture: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const LAYER = /^application\/vnd\.oci\.image\.layer\.v1\.tar(?:\+gzip)?$/;

/** What is wrong with the layout in a folder, in sentences; empty if a registry and a runtime will accept it as wanted. */
export function layoutProblems(folder: string, wanted: WantedImage): readonly string[] {
  const layout = new Layout(folder);
  const version = memberOf(layout.file('oci-layout'), 'imageLayoutVersion');
  layout.expect(version === '1.0.0', 'oci-layout does not say version 1.0.0');
  const manifests = objectsIn(memberOf(layout.file('index.json'), 'manifests'));
  const [described, ...others] = manifests;
  layout.expect(
    described !== undefined && others.length === 0,
    `index.json names ${manifests.length} images`,
  );
  if (described === undefined) return layout.problems;
  layout.expect(stringAt(described, 'mediaType') === MANIFEST, 'the image is no OCI manifest');
  const tag = memberOf(described['annotations'], 'org.opencontainers.image.ref.name');
  layout.expect(tag === wanted.tag, `the tag is ${String(tag)} rather than ${wanted.tag}`);
  const manifest = layout.json(described);
  const config = layout.json(memberOf(manifest, 'config'));
  configProblems(layout, config, wanted);
  layerProblems(layout, objectsIn(memberOf(manifest, 'layers')), config);
  return layout.problems;
}

function configProblems(layout: Layout, config: Json | undefined, wanted: WantedImage): void {
  const run = memberOf(config, 'config');
  const { architecture, user, entrypoint } = wanted;
  layout.expect(memberOf(config, 'os') === 'linux', 'it is not for linux');
  layout.expect(memberOf(config, 'architecture') === architecture, `it is not for ${architecture}`);
  layout.expect(memberOf(run, 'User') === user, `it does not run as ${user}`);
  layout.expect(
    JSON.stringify(memberOf(run, 'Entrypoint')) === JSON.stringify(entrypoint),
    `it does not start ${entrypoint.join(' ')}`,
  );
}

/** A runtime refuses layers whose content differs from what the configuration says. */
function layerProblems(layout: Layout, layers: readonly JsonObject[], config: Json | undefined): void {
  const claimed = memberOf(memberOf(config, 'rootfs'), 'diff_ids');
  const found = layers.map((layer) => {
    const type = stringAt(layer, 'mediaType') ?? '';
    layout.expect(LAYER.test(type), `a layer is ${type}`);
    const blob = layout.blob(layer);
    if (blob === undefined) return '';
    return `sha256:${sha256(type.endsWith('gzip') ? gunzipSync(blob) : blob)}`;
  });
  layout.expect(found.length > 0, 'it has no layers');
  layout.expect(
    JSON.stringify(found) === JSON.stringify(claimed),
    'its layers are not those that its configuration names',
  );
}

class Layout {
  readonly problems: string[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  expect(isSo: boolean, problem: string): void {
    if (!isSo) this.problems.push(problem);
  }

  file(name: string): Json | undefined {
    const path = join(this.#folder, name);
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
    this.problems.push(`${name} is missing`);
    return undefined;
  }

  json(descriptor: Json | undefined): Json | undefined {
    const blob = this.blob(descriptor);
    return blob === undefined ? undefined : JSON.parse(blob.toString('utf8'));
  }

  /** The content that a descriptor names, if it matches the descriptor. */
  blob(descriptor: Json | undefined): Buffer | undefined {
    const digest = String(memberOf(descriptor, 'digest'));
    const [, hash] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
    const path = join(this.#folder, 'blobs/sha256', hash ?? '');
    if (hash === undefined || !existsSync(path)) {
      this.problems.push(`${digest} is missing`);
      return undefined;
    }
    const content = readFileSync(path);
    this.expect(sha256(content) === hash, `${digest} holds something else`);
    this.expect(content.length === memberOf(descriptor, 'size'), `${digest} has another size than it says`);
    return content;
  }
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
