/** The kubectl plugin as people download it: one file that needs no Node. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeExecutable } from '../scripts/release/executable.ts';
import { pluginProgram } from './bundle.ts';
import { eventually, Hopeless } from './eventually.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The bundle without its launcher, which exists for old versions of Node. */
const BUNDLE = join(ROOT, 'dist/cli');
const FOLDER = join(ROOT, 'node_modules/.cache/plugin');
const UNFINISHED = join(FOLDER, 'unfinished');
/** Why it could not be made. */
const FAILURE = join(FOLDER, 'failure.txt');
const NAME = 'kubectl-crossaccountlink';

/** Makes the executable from the bundle in dist/, unless that was already done. There is none if the sources are newer than the
 *  bundle, and only on Linux. */
export async function ensureExecutable(): Promise<void> {
  const { platform: system, arch: processor } = process;
  if (!isBundled() || system !== 'linux' || (processor !== 'x64' && processor !== 'arm64')) return;
  const finished = executablePath();
  if (existsSync(finished)) return;
  // Executables of older bundles take 120 MB each.
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(UNFINISHED, { recursive: true });
  const host = { path: process.execPath, version: process.versions.node };
  try {
    await makeExecutable({
      bundle: join(BUNDLE, 'main.mjs'),
      platform: { system, processor },
      node: host,
      host,
      output: join(UNFINISHED, NAME),
    });
  } catch (error) {
    writeFileSync(FAILURE, String(error));
    throw error;
  }
  renameSync(UNFINISHED, dirname(finished));
}

/** Path of the executable of today's bundle, once {@link ensureExecutable} has made it, in this process or in another; undefined
 *  if it was not asked to. Throws if it could not be made. */
export async function pluginExecutable(): Promise<string | undefined> {
  if (!isBundled()) return undefined;
  const path = executablePath();
  await eventually(
    "the plugin's executable to be made",
    () => {
      if (existsSync(path)) return;
      if (existsSync(FAILURE)) throw new Hopeless(readFileSync(FAILURE, 'utf8'));
      if (existsSync(UNFINISHED)) throw new Error('it is being made');
    },
    { deadlineMs: 120_000 },
  );
  return existsSync(path) ? path : undefined;
}

/** Whether the bundle is up to date with the sources. */
function isBundled(): boolean {
  return pluginProgram().endsWith('.mjs');
}

function executablePath(): string {
  const made = createHash('sha256').update(process.version);
  const programs = readdirSync(BUNDLE).filter((name) => name.endsWith('.mjs'));
  for (const name of programs.toSorted()) made.update(name).update(readFileSync(join(BUNDLE, name)));
  return join(FOLDER, made.digest('hex').slice(0, 16), NAME);
}
