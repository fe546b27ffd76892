/** How large an image's file system is, and what takes up the space. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Builder } from './builder.ts';

/** Mounts the image's file system while `work` looks at it. */
export async function withFileSystem<T>(
  builder: Builder,
  image: string,
  work: (folder: string) => T | Promise<T>,
): Promise<T> {
  const container = (await builder.buildah('from', '--pull-never', image)).trim();
  try {
    return await work((await builder.buildah('mount', container)).trim());
  } finally {
    await builder.buildah('rm', container);
  }
}

/** Such as `131.5 MB (usr/local/bin/node 121.2 MB, app/operator.mjs 3.9 MB, …), 43 files`. */
export function measureImage(builder: Builder, image: string): Promise<string> {
  return withFileSystem(builder, image, (folder) => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => ({ path, entry: lstatSync(join(folder, path)) }))
      .filter(({ entry }) => entry.isFile())
      .map(({ path, entry }) => ({ path, bytes: entry.size }))
      .toSorted((a, b) => b.bytes - a.bytes);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const largest = files.slice(0, 4).map(({ path, bytes }) => `${path} ${megabytes(bytes)}`);
    return `${megabytes(total)} (${largest.join(', ')}, …), ${files.length} files`;
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
