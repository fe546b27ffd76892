/**
 * Fills release/ with everything that a release gives to people: `node scripts/release.ts [--exact-node] [--no-image]`. The files
 * depend only on the commit (image and executables also on the Node.js that they contain); checksums.txt has the sha256 of each.
 * --exact-node refuses other versions of Node.js than the pinned one, as a real release has to.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../testbed/arguments.ts';
import { runOrThrow } from '../testbed/process.ts';
import { ensureHelm } from '../testbed/tools/go-tools.ts';
import { VERSION } from '../src/base/version.ts';
import { changelogSection } from './release/changelog.ts';
import { makeExecutable } from './release/executable.ts';
import { krewManifest, type KrewArchive } from './release/krew.ts';
import { crdsManifest, installManifest } from './release/manifests.ts';
import { ensureNode, type Platform } from './release/node-binaries.ts';
import { packageManifest } from './release/npm-package.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RELEASE = join(ROOT, 'release');
const DOWNLOADS = `https://github.com/crossaccountlink/crossaccountlink/releases/download/v${VERSION}`;
const PLATFORMS: readonly Platform[] = [
  { system: 'linux', processor: 'x64' },
  { system: 'linux', processor: 'arm64' },
  { system: 'darwin', processor: 'x64' },
  { system: 'darwin', processor: 'arm64' },
];

const { values } = readArguments('make release [ARGS="[--exact-node] [--no-image]"]', {
  options: {
    'exact-node': { type: 'boolean', default: false },
    'no-image': { type: 'boolean', default: false },
  },
});
const epoch = (
  await runOrThrow('git', ['-C', ROOT, 'log', '-1', '--format=%ct'], { env: process.env })
).trim();

rmSync(RELEASE, { recursive: true, force: true });
mkdirSync(RELEASE);
const section = changelogSection(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), VERSION);
writeFileSync(join(RELEASE, 'notes.md'), section);
writeFileSync(join(RELEASE, 'crds.yaml'), crdsManifest(ROOT));
writeFileSync(join(RELEASE, 'install.yaml'), await installManifest(ROOT));
await runOrThrow(await ensureHelm(), ['package', join(ROOT, 'charts/crossaccountlink'), '-d', RELEASE]);
await script('sbom.ts', join(RELEASE, `crossaccountlink-${VERSION}.cdx.json`));
await packNpm();
const archives: KrewArchive[] = [];
for (const platform of PLATFORMS) archives.push(await packPlugin(platform));
writeFileSync(join(RELEASE, 'crossaccountlink-krew.yaml'), krewManifest(VERSION, DOWNLOADS, archives));
if (!values['no-image']) {
  const archive = join(RELEASE, `crossaccountlink-${VERSION}-image-${process.arch}.oci.tar`);
  process.stdout.write(await script('image.ts', '--archive', archive));
}
writeChecksums();

function script(name: string, ...args: readonly string[]): Promise<string> {
  return runOrThrow(process.execPath, [join(ROOT, 'scripts', name), ...args], {
    cwd: ROOT,
    env: process.env,
  });
}

/** The npm package, in the form that `npm publish` accepts. */
async function packNpm(): Promise<void> {
  await inFolder(async (folder) => {
    for (const file of ['kubectl-crossaccountlink.mjs', 'kubectl-crossaccountlink.mjs.LEGAL.txt', 'cli'])
      cpSync(join(ROOT, 'dist', file), join(folder, file), {
        recursive: true,
        filter: (path) => !path.endsWith('.map'),
      });
    for (const file of ['LICENSE', 'README.md']) cpSync(join(ROOT, file), join(folder, file));
    const project = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    writeFileSync(join(folder, 'package.json'), packageManifest(project));
    await runOrThrow('npm', ['pack', '--silent', '--pack-destination', RELEASE], {
      cwd: folder,
      env: process.env,
    });
  });
}

/** The plugin's archive for a platform, with the licences of what is in it. */
async function packPlugin(platform: Platform): Promise<KrewArchive> {
  const { system, processor } = platform;
  const wanted = process.versions.node;
  const node = await ensureNode(platform, wanted, values['exact-node']);
  const host = await ensureNode(hostPlatform(), node.version, true);
  const goProcessor = processor === 'x64' ? 'amd64' : processor;
  const file = `kubectl-crossaccountlink_${VERSION}_${system}_${goProcessor}.tar.gz`;
  await inFolder(async (folder) => {
    const bundle = join(ROOT, 'dist/cli/main.mjs');
    await makeExecutable({ bundle, platform, node, host, output: join(folder, 'kubectl-crossaccountlink') });
    cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
    cpSync(join(ROOT, 'dist/kubectl-crossaccountlink.mjs.LEGAL.txt'), join(folder, 'THIRD-PARTY.txt'));
    await runOrThrow(
      'sh',
      [
        '-c',
        `tar --sort=name --mtime=@${epoch} --owner=0 --group=0 --numeric-owner -cf - . | gzip -9 -n > "$1"`,
        'sh',
        join(RELEASE, file),
      ],
      { cwd: folder },
    );
  });
  process.stdout.write(`${file}  Node.js ${node.version}\n`);
  return { system, processor: goProcessor, file, sha256: sha256(join(RELEASE, file)) };
}

function hostPlatform(): Platform {
  const found = PLATFORMS.find(
    ({ system, processor }) => system === process.platform && processor === process.arch,
  );
  if (found === undefined) throw new Error(`releases are not made on ${process.platform} ${process.arch}`);
  return found;
}

function writeChecksums(): void {
  const files = readdirSync(RELEASE).toSorted();
  const lines = files.map((name) => `${sha256(join(RELEASE, name))}  ${name}\n`);
  writeFileSync(join(RELEASE, 'checksums.txt'), lines.join(''));
  for (const name of [...files, 'checksums.txt'])
    process.stdout.write(`${name}  ${(statSync(join(RELEASE, name)).size / 1e6).toFixed(2)} MB\n`);
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'xal-release-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
