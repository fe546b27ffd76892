/** Node.js for each platform, from npm: the packages that the `node` package installs from contain the binaries. */
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrThrow } from '../../testbed/process.ts';
import { cached } from '../../testbed/tools/cache.ts';
import { withProgress } from '../../testbed/tools/progress.ts';

export interface Platform {
  /** As Node.js names it. */
  readonly system: 'linux' | 'darwin';
  readonly processor: 'x64' | 'arm64';
}

export interface NodeBinary {
  readonly path: string;
  readonly version: string;
}

/** The major version, whose other releases may replace a version that the registry does not have. */
const majorOf = (version: string) => version.split('.')[0] ?? '';

/**
 * Finds or downloads Node.js for a platform.
 * @param exact refuse any version but the wanted one; otherwise take the newest available of the same major version
 */
export async function ensureNode(platform: Platform, wanted: string, exact: boolean): Promise<NodeBinary> {
  const name = packageOf(platform);
  const version = await offered(name, wanted, exact);
  const path = await cached(join('node', `${name}-${version}`), async (unfinished) => {
    const folder = await mkdtemp(join(tmpdir(), 'xal-node-'));
    try {
      await withProgress(`downloading ${name} ${version} (once)`, async () => {
        const archive = await npm('pack', '--silent', '--pack-destination', folder, `${name}@${version}`);
        await runOrThrow('tar', ['-xzf', join(folder, archive.trim()), '-C', folder, 'package/bin/node']);
      });
      await chmod(join(folder, 'package/bin/node'), 0o755);
      await runOrThrow('cp', [join(folder, 'package/bin/node'), `${unfinished}.copy`]);
      await rename(`${unfinished}.copy`, unfinished);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  return { path, version };
}

/** Apple's own processors came later, under another name. */
function packageOf({ system, processor }: Platform): string {
  return `${system === 'darwin' && processor === 'arm64' ? 'node-bin' : 'node'}-${system}-${processor}`;
}

async function offered(name: string, wanted: string, exact: boolean): Promise<string> {
  const versions: unknown = JSON.parse(await npm('view', name, 'versions', '--json'));
  const known = Array.isArray(versions) ? versions.map(String) : [];
  if (known.includes(wanted)) return wanted;
  const [newest] = known
    .filter((version) => majorOf(version) === majorOf(wanted) && /^[0-9.]+$/.test(version))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  if (exact || newest === undefined) throw new Error(`the registry has no ${name} ${wanted}`);
  process.stderr.write(`the registry has no ${name} ${wanted}: ${newest} is taken\n`);
  return newest;
}

function npm(...args: readonly string[]): Promise<string> {
  return runOrThrow('npm', args, { env: process.env });
}
