/** What is started: the bundles in dist/, which start in a fifth of the time, as long as they are up to date with the sources. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'src');

/** Path of the operator's bundle, or of its sources if one of them is newer. */
export function operatorProgram(): string {
  return freshBundle('operator.mjs') ?? join(SOURCES, 'main.ts');
}

/** Path of the kubectl plugin's bundle, or of its sources if one of them is newer. */
export function pluginProgram(): string {
  return freshBundle('kubectl-crossaccountlink.mjs') ?? join(SOURCES, 'cli/main.ts');
}

function freshBundle(name: string): string | undefined {
  const bundle = join(ROOT, 'dist', name);
  const builtAt = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const changedAt = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(SOURCES, path)).mtimeMs)
    .reduce((latest, time) => Math.max(latest, time), 0);
  return builtAt > changedAt ? bundle : undefined;
}
