import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alive } from './process.ts';

const PREFIX = 'crossaccountlink-';

/**
 * Makes a folder in the system's temporary folder, or in `parent`. The caller removes it. Folders of processes that were killed
 * before they could do so are removed here (an etcd leaves 130 MB).
 */
export function scratchFolder(purpose: string, parent = tmpdir()): string {
  for (const name of readdirSync(parent)) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (Number.isInteger(owner) && !alive(owner)) tryToRemove(join(parent, name));
  }
  return mkdtempSync(join(parent, `${PREFIX}${process.pid}-${purpose}-`));
}

/** Leaves alone what another user's process has left: only that user may remove it. */
function tryToRemove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // It does no harm.
  }
}
