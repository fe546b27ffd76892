/**
 * Ends with 0 when node_modules is what package-lock.json says, whoever installed it. Run by the machine's own Node,
 * which may be an old one, before the pinned one is there.
 */
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

/** What npm notes about the tree that it has installed. */
const NOTED = 'node_modules/.package-lock.json';
const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

process.exitCode = existsSync(NOTED) && existsSync('node_modules/.bin/node') && isInstalled() ? 0 : 1;

function isInstalled() {
  const installed = read(NOTED);
  return Object.entries(read('package-lock.json')).every(([path, wanted]) => {
    const found = installed[path];
    // The root is not noted, nor what another platform would have.
    if (path === '' || (found === undefined && wanted.optional === true)) return true;
    return found?.version === wanted.version && found.integrity === wanted.integrity;
  });
}
