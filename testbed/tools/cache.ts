/** Where built tools are kept: the user's cache folder, so that a fresh clone finds them again. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { eventually } from '../eventually.ts';
import { alive } from '../process.ts';
import { MissingPrerequisite } from './prerequisites.ts';

/** `${XDG_CACHE_HOME:-~/.cache}/crossaccountlink` */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'crossaccountlink');
}

/**
 * Returns the cached file or folder `path` (below the cache folder), and makes it first if it is not there. `make` fills the path
 * that it is given, which is then renamed into place: what is in the cache is complete. If several processes want the same path,
 * one makes it and the others wait.
 */
export async function cached(path: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  const finished = join(cacheFolder(), path);
  if (exists(finished)) return finished;
  makeFolder(dirname(finished));
  const unlock = await lock(`${finished}.lock`);
  try {
    if (exists(finished)) return finished;
    const unfinished = `${finished}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    await make(unfinished);
    renameSync(unfinished, finished);
    return finished;
  } finally {
    unlock();
  }
}

/** @throws MissingPrerequisite if nothing can be written there: the person who runs this can name another folder */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new MissingPrerequisite(
      `The cache of tools cannot be made: ${path} (${reason}).\nSet XDG_CACHE_HOME to a folder that you may write to.`,
      { cause: error },
    );
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Takes a lock file that names its holder. While the holder's process lives, waits up to 20 minutes and says so. */
async function lock(file: string): Promise<() => void> {
  let announced = false;
  await eventually(
    `${file} to be free`,
    () => {
      const holder = readHolder(file);
      if (holder !== undefined && !alive(holder)) {
        // Renaming is atomic, so only one of several waiters removes a dead holder's lock.
        const stale = `${file}.${process.pid}`;
        renameSync(file, stale);
        rmSync(stale);
      } else if (holder !== undefined && holder !== process.pid && !announced) {
        announced = true;
        process.stderr.write(`waiting for process ${holder}, which makes ${basename(file, '.lock')} …\n`);
      }
      writeFileSync(file, String(process.pid), { flag: 'wx' });
    },
    { deadlineMs: 20 * 60_000, everyMs: 500 },
  );
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | undefined {
  if (!exists(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8'));
  return pid > 0 ? pid : undefined;
}
