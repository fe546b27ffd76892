/** Takes official binaries where they can be had, and says in one line why where they cannot. */
import { rmSync } from 'node:fs';
import {
  download,
  fetchChecksum,
  Offline,
  Unavailable,
  type DownloadOptions,
  type Release,
} from './download.ts';
import { withProgress } from './progress.ts';

export class Downloads {
  readonly #options: DownloadOptions;
  readonly #say: (line: string) => void;
  /** Once nobody answered, the next need not be tried: a machine without internet would wait for each. */
  #offline = false;

  constructor(
    options: DownloadOptions = {},
    say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  ) {
    this.#options = options;
    this.#say = say;
  }

  /** Fills `target` with the first release that is there and is what its checksum says. False: none is.
   *  @param what as in `etcd v3.6.8` */
  async take(what: string, releases: readonly Release[], target: string): Promise<boolean> {
    for (const release of releases) {
      if (this.#offline) return false;
      try {
        const checksum = await fetchChecksum(release, this.#options);
        await withProgress(`downloading ${what} (once)`, () =>
          download(release, checksum, target, this.#options),
        );
        return true;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        rmSync(target, { force: true });
        this.#offline = error instanceof Offline;
        this.#say(
          this.#offline ? `${error.message}: what is missing is built from its sources` : error.message,
        );
      }
    }
    return false;
  }
}
