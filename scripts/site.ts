/**
 * Builds the documentation as a site: `node scripts/site.ts [dev|build|preview]`; build by default. The pages are the documents
 * themselves, copied to site/pages/ with the links between them adapted; a link that leads nowhere ends the build.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, refuse } from '../testbed/arguments.ts';
import { runOrThrow } from '../testbed/process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SITE = join(ROOT, 'site');
const PAGES = join(SITE, 'pages');
const SOURCE = 'https://github.com/crossaccountlink/crossaccountlink/blob/main';

/** Documents outside docs/ that also become pages, by their path from the root. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'SECURITY.md': 'security.md',
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changelog.md',
  'charts/crossaccountlink/README.md': 'chart.md',
};

const USAGE = 'make site [ARGS=build|dev|preview]: build unless told otherwise';

const { positionals } = readArguments(USAGE, { allowPositionals: true });
const [command = 'build'] = positionals;
if (!['build', 'dev', 'preview'].includes(command)) refuse(`${command}: there is no such verb`, USAGE);
await install();
layOut();
process.exitCode = await vitepress(command);

/** Installs the npm packages that only the site needs. */
async function install(): Promise<void> {
  const lock = readFileSync(join(SITE, 'package-lock.json'), 'utf8');
  const noted = join(SITE, 'node_modules/.installed');
  if (existsSync(noted) && readFileSync(noted, 'utf8') === lock) return;
  process.stderr.write('installing npm packages of the site (once) …\n');
  await runOrThrow('npm', ['ci', '--loglevel=error'], { cwd: SITE, env: process.env });
  writeFileSync(noted, lock);
}

function layOut(): void {
  rmSync(PAGES, { recursive: true, force: true });
  for (const path of globSync('docs/**/*.md', { cwd: ROOT })) writePage(path, path.replace(/^docs\//, ''));
  for (const [path, page] of Object.entries(ELSEWHERE)) writePage(path, page);
  cpSync(join(SITE, 'index.md'), join(PAGES, 'index.md'));
  if (existsSync(join(ROOT, 'docs/images')))
    cpSync(join(ROOT, 'docs/images'), join(PAGES, 'images'), { recursive: true });
  if (existsSync(join(SITE, 'public')))
    cpSync(join(SITE, 'public'), join(PAGES, 'public'), { recursive: true });
  // The console's own icon, so that both can be recognized by the same one.
  cpSync(join(ROOT, 'src/console/ui/icon.svg'), join(PAGES, 'public/icon.svg'));
}

function writePage(path: string, page: string): void {
  const text = readFileSync(join(ROOT, path), 'utf8').replaceAll(
    /\]\((?!https?:|#|mailto:)([^)\s#]*)(#[^)\s]*)?\)/g,
    (_, target: string, anchor = '') => `](${bend(path, target, page)}${anchor})`,
  );
  mkdirSync(dirname(join(PAGES, page)), { recursive: true });
  writeFileSync(join(PAGES, page), text);
}

/** Where a link of the document `from` leads on the site: to a page, or to the file in the repository. */
function bend(from: string, target: string, page: string): string {
  const path = posix.normalize(posix.join(posix.dirname(from), target));
  const found = ELSEWHERE[path] ?? (/^docs\/.*\.md$/.test(path) ? path.replace(/^docs\//, '') : undefined);
  if (found !== undefined) return posix.relative(posix.dirname(page), found) || target;
  if (!existsSync(join(ROOT, path))) throw new Error(`${from}: ${target} leads nowhere`);
  return `${SOURCE}/${path}`;
}

function vitepress(verb: string): Promise<number> {
  const child = spawn(process.execPath, [join(SITE, 'node_modules/vitepress/bin/vitepress.js'), verb, SITE], {
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
