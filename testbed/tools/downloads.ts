/** Downloads official binaries if possible, and says in one line why if not. */
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
  /** Once no host answered, the next need not be tried: a machine without internet would wait for each. */
  #offline = false;

  constructor(
    options: DownloadOptions = {},
    say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  ) {
    this.#options = options;
    this.#say = say;
  }

  /** Fills `target` with the first release that exists and fits its checksum. Returns false if there is none.
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
