/** Manifests as files of a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem } from '../output/errors.ts';

/** Writes each, and returns their paths. Existing files are not changed.
 *  @throws Error for people, before anything is overwritten */
export async function writeManifests(
  folder: string,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<readonly string[]> {
  const paths: string[] = [];
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new Error(fileProblem(folder, error), { cause: error });
  });
  for (const { name, text } of files) {
    const path = join(folder, name);
    try {
      await writeFile(path, text, { flag: 'wx' });
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      throw new Error(
        isThere
          ? `${path} already exists and is not overwritten: move it, or write to another folder`
          : fileProblem(path, error),
        {
          cause: error,
        },
      );
    }
    paths.push(path);
  }
  return paths;
}
