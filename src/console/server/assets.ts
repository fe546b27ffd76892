/** The page's files. `scripts/build.ts` replaces this module by one that holds them, so that the plugin is one file. */
import { readFileSync } from 'node:fs';

/** By name, as `scripts/build-console.ts` writes them. Throws when the page was not built. */
export function consoleAsset(name: string): Buffer {
  try {
    return readFileSync(new URL(`../../../dist/console/${name}`, import.meta.url));
  } catch (error) {
    throw new Error('the console has not been built: run `make build`', { cause: error });
  }
}
