/**
 * Makes node_modules match package-lock.json. What npm has once installed is kept as an archive in the user's cache folder, from
 * where the next checkout with the same lock file takes it: an eighth of the work of `npm ci`. Runs on the machine's own Node,
 * which may be an old one, before the pinned one is there.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';

/** What npm notes about the tree that it has installed. */
const NOTED = 'node_modules/.package-lock.json';
/** The pinned Node: if it runs, the packages are for this machine. */
const NODE = 'node_modules/.bin/node';
/** Everything that decides which packages are installed, and how. */
const SAYS = ['package-lock.json', 'package.json', '.npmrc'];
const CACHE = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const ARCHIVES = join(CACHE, 'crossaccountlink', 'packages');
/** How many archives of half a gigabyte are kept: enough to switch between some branches. */
const KEPT = 3;

if (!isInstalled() && !(await unpack())) await install();

/** Whether the packages are installed, no matter by whom. */
function isInstalled() {
  if (!existsSync(NOTED) || !existsSync(NODE)) return false;
  const found = packagesIn(NOTED);
  return Object.entries(packagesIn('package-lock.json')).every(([path, wanted]) => {
    // The root is not noted, nor are packages for other platforms.
    if (path === '' || (found[path] === undefined && wanted.optional === true)) return true;
    return found[path]?.version === wanted.version && found[path].integrity === wanted.integrity;
  });
}

function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/** Unpacks node_modules from its archive; false if there is no archive that is complete and fits this machine. */
async function unpack() {
  const name = archives().find((archive) => archive.startsWith(key()));
  if (name === undefined) return false;
  const archive = join(ARCHIVES, name);
  rmSync('node_modules', { recursive: true, force: true });
  const unpacked =
    name === nameOf(await digestOf(archive)) &&
    succeeds('tar', ['-x', '--no-same-owner', '-f', archive]) &&
    isInstalled() &&
    succeeds(NODE, ['--eval', '']);
  if (unpacked) utimesSync(archive, new Date(), new Date());
  else rmSync(archive, { force: true });
  return unpacked;
}

async function install() {
  process.stderr.write('installing npm packages (once for each package-lock.json) …\n');
  if (succeeds('npm', ['ci', '--loglevel=error'])) await keep();
  else process.exitCode = 1;
}

/** Packs node_modules into its archive. If that fails, only time is lost. */
async function keep() {
  const unfinished = join(ARCHIVES, `unfinished-${randomUUID()}`);
  try {
    mkdirSync(ARCHIVES, { recursive: true });
    if (!existsSync(NODE) || !succeeds('tar', ['-c', '-f', unfinished, 'node_modules'])) return;
    renameSync(unfinished, join(ARCHIVES, nameOf(await digestOf(unfinished))));
    for (const old of archives().slice(KEPT)) rmSync(join(ARCHIVES, old), { force: true });
  } catch (error) {
    process.stderr.write(`the packages are not kept for the next checkout: ${String(error)}\n`);
  } finally {
    if (existsSync(unfinished)) rmSync(unfinished);
  }
}

/** Names of the archives, the most recently used first. */
function archives() {
  if (!existsSync(ARCHIVES)) return [];
  const usedAt = (name) => statSync(join(ARCHIVES, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(ARCHIVES)
    .filter((name) => name.endsWith('.tar'))
    .toSorted((a, b) => usedAt(b) - usedAt(a));
}

/** The beginning of the names of archives of these packages for this machine. */
function key() {
  const hash = createHash('sha256');
  for (const file of SAYS) hash.update(readFileSync(file)).update('\0');
  return `${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 32)}-`;
}

/** The name tells the content, so that an archive that was cut off or altered does not count. */
function nameOf(digest) {
  return `${key()}${digest}.tar`;
}

async function digestOf(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Runs a program. What it prints goes to standard error. */
function succeeds(program, args) {
  return spawnSync(program, args, { stdio: ['ignore', 2, 2] }).status === 0;
}
