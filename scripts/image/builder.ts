/** Building images without a daemon: buildah, in a separate store, so that stand-ins never mix with a person's images. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runOrThrow } from '../../testbed/process.ts';
import { cacheFolder } from '../../testbed/tools/cache.ts';

/** Why no image can be built on this machine. */
export class NoBuilder extends Error {}

export interface Builder {
  /** Runs buildah and returns what it printed; throws its words if it fails. */
  buildah(...args: readonly string[]): Promise<string>;
  /** Whether an image of this name is in the store. */
  has(image: string): Promise<boolean>;
}

/** @throws NoBuilder if this is not root on Linux with buildah installed */
export async function openBuilder(): Promise<Builder> {
  if (process.platform !== 'linux') throw new NoBuilder('buildah runs on Linux alone');
  if (process.getuid?.() !== 0)
    throw new NoBuilder('this is not root, which buildah has to be where there is no daemon');
  if ((await run('buildah', ['--version'])).exitCode !== 0)
    throw new NoBuilder('buildah is missing (apt-get install buildah, or your package manager)');
  const store = join(cacheFolder(), 'images');
  mkdirSync(store, { recursive: true });
  const place = [`--root=${store}`, `--runroot=${join(tmpdir(), 'crossaccountlink-images')}`];
  // Plain folders and chroot: these also work inside a container.
  const env = { ...process.env, STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot' };
  return {
    buildah: (...args) => runOrThrow('buildah', [...place, ...args], { env }),
    has: async (image) =>
      (await run('buildah', [...place, 'inspect', '--type=image', image], { env })).exitCode === 0,
  };
}
