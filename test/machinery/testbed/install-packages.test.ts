/** npm packages come from the archive of an earlier checkout, if there is one. The npm of these tests counts its calls. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { run } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/install-packages.mjs', import.meta.url));
/** Installs one package and a Node that runs, as `npm ci` does: into a node_modules of its own. */
const NPM = `#!/bin/sh
echo "$@" >> "$NPM_CALLS"
[ -e refuse ] && exit 1
rm -rf node_modules
mkdir -p node_modules/.bin node_modules/package
cp package-lock.json node_modules/.package-lock.json
echo installed > node_modules/package/index.js
printf '#!/bin/sh\\nexit 0\\n' > node_modules/.bin/node
chmod +x node_modules/.bin/node
`;

describe('the packages of a checkout', () => {
  let folder: string;
  let archives: string;
  let calls: string;

  beforeEach(() => {
    folder = scratchFolder('packages');
    archives = join(folder, 'cache/crossaccountlink/packages');
    calls = join(folder, 'calls');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(calls, '');
    writeFileSync(join(folder, 'bin/npm'), NPM);
    chmodSync(join(folder, 'bin/npm'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A fresh one, whose lock file asks for the package in that version. */
  function checkout(name: string, version: string): string {
    const root = join(folder, name);
    mkdirSync(root);
    const packages = { '': {}, 'node_modules/package': { version, integrity: 'sha512-0' } };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
    writeFileSync(join(root, 'package.json'), '{}');
    writeFileSync(join(root, '.npmrc'), '');
    return root;
  }

  async function install(root: string): Promise<number> {
    const PATH = [join(folder, 'bin'), process.env['PATH']].join(':');
    const env = cleanEnvironment({ PATH, XDG_CACHE_HOME: join(folder, 'cache'), NPM_CALLS: calls });
    const { exitCode } = await run(process.execPath, [SCRIPT], { cwd: root, env });
    return exitCode;
  }

  const callsOfNpm = () => readFileSync(calls, 'utf8').trim().split('\n').filter(Boolean).length;

  it('are installed by npm once, and unpacked in the next checkout of the same lock file', async () => {
    const [first, second, other] = [checkout('1', '1.0.0'), checkout('2', '1.0.0'), checkout('3', '2.0.0')];
    expect([await install(first), await install(second), callsOfNpm()]).toStrictEqual([0, 0, 1]);
    expect(packageOf(second)).toBe('installed\n');
    expect([await install(other), callsOfNpm()]).toStrictEqual([0, 2]);
  });

  it('are left alone where they are what the lock file says', async () => {
    const root = checkout('1', '1.0.0');
    await install(root);
    writeFileSync(join(root, 'node_modules/package/index.js'), 'mine');
    await install(root);
    expect([packageOf(root), callsOfNpm()]).toStrictEqual(['mine', 1]);
  });

  it('replace what another lock file had installed', async () => {
    await install(checkout('1', '1.0.0'));
    const root = checkout('2', '2.0.0');
    await install(root);
    writeFileSync(join(root, 'node_modules/stale'), '');
    writeFileSync(join(root, 'package-lock.json'), readFileSync(join(folder, '1/package-lock.json')));
    expect([await install(root), callsOfNpm()]).toStrictEqual([0, 2]);
    expect(existsSync(join(root, 'node_modules/stale'))).toBe(false);
  });

  it.each(['altered', 'cut off'])('come from npm again where the archive was %s', async (how) => {
    await install(checkout('1', '1.0.0'));
    const [archive = ''] = readdirSync(archives);
    const path = join(archives, archive);
    if (how === 'altered') appendFileSync(path, 'x');
    else writeFileSync(path, readFileSync(path).subarray(0, 600));
    const second = checkout('2', '1.0.0');
    expect([await install(second), callsOfNpm()]).toStrictEqual([0, 2]);
    expect([await install(checkout('3', '1.0.0')), callsOfNpm()]).toStrictEqual([0, 2]);
  });

  it('that npm could not install are not kept', async () => {
    const root = checkout('1', '1.0.0');
    writeFileSync(join(root, 'refuse'), '');
    expect([await install(root), existsSync(archives)]).toStrictEqual([1, false]);
  });

  it('are kept of the three lock files that were used last', async () => {
    for (const version of ['1.0.0', '2.0.0', '3.0.0', '4.0.0']) await install(checkout(version, version));
    expect(readdirSync(archives)).toHaveLength(3);
  });

  it('are installed all the same where nothing can be kept', async () => {
    writeFileSync(join(folder, 'cache'), 'no folder');
    expect([await install(checkout('1', '1.0.0')), callsOfNpm()]).toStrictEqual([0, 1]);
  });
});

function packageOf(root: string): string {
  return readFileSync(join(root, 'node_modules/package/index.js'), 'utf8');
}
