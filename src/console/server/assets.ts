/** The page's files. `scripts/build.ts` replaces this module with one that contains them, so that the plugin is a single file. */
import { readFileSync } from 'node:fs';

/** A file by its name, as `scripts/build-console.ts` writes it. Throws if the page was not built. */
export function consoleAsset(name: string): Buffer {
  try {
    return readFileSync(new URL(`../../../dist/console/${name}`, import.meta.url));
  } catch (error) {
    throw new Error('the console has not been built: run `make build`', { cause: error });
  }
}
