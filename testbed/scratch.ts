import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alive } from './process.ts';

const PREFIX = 'crossaccountlink-';

/**
 * Makes a folder in the system's temporary folder. Whoever asks removes it; those of processes that were killed
 * before they could are removed here (an etcd leaves 130 MB).
 */
export function scratchFolder(purpose: string): string {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (Number.isInteger(owner) && !alive(owner))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-${purpose}-`));
}
