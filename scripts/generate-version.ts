/**
 * Writes the version from package.json into everything else that names it. `npm version` changes package.json alone; `make
 * generate` updates the rest, and a test checks every document and manifest.
 *
 * Usage: node scripts/generate-version.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The places: a file, and the text around the version there, each time. */
const PLACES: readonly { readonly file: string; readonly around: RegExp }[] = [
  { file: 'charts/crossaccountlink/Chart.yaml', around: /^(version: ).+()$/gm },
  { file: 'charts/crossaccountlink/Chart.yaml', around: /^(appVersion: ).+()$/gm },
  { file: 'deploy/overlays/production/kustomization.yaml', around: /(newTag: )[^ }]+( })/g },
  { file: 'deploy/overlays/release/kustomization.yaml', around: /(newTag: )[^ }]+( })/g },
  { file: 'charts/crossaccountlink/Chart.yaml', around: /(image: [^:]+crossaccountlink:).+()/g },
  { file: 'deploy/gitops/argocd/application.yaml', around: /(targetRevision: v)[0-9][^\n]*()$/gm },
  { file: 'deploy/gitops/flux/operator.yaml', around: /(tag: v)[^ }]+( })/g },
  { file: 'deploy/github-action/action.yml', around: /(kubectl-crossaccountlink@)[0-9][^\s`]*()/g },
  { file: 'deploy/github-action/README.md', around: /(kubectl-crossaccountlink@)[0-9][^\s`]*()/g },
  { file: 'deploy/github-action/README.md', around: /(deploy\/github-action@v)[0-9]\S*()/g },
  { file: 'deploy/github-action/example.yaml', around: /(deploy\/github-action@v)[0-9]\S*()/g },
  { file: 'docs/api-stability.md', around: /(crossaccountlink\/crossaccountlink:)[0-9]\S*()/g },
  { file: 'docs/getting-started.md', around: /(repository: crossaccountlink, tag: )[^ }]+( })/g },
  { file: 'docs/getting-started.md', around: /( crossaccountlink:)[0-9]\S*()/g },
];

/** The files that name the version as they should read, by path.
 *  @param version left out: the one in package.json */
export function versionedFiles(version: string = ownVersion()): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { file, around } of PLACES) {
    const text = files.get(file) ?? readFileSync(join(ROOT, file), 'utf8');
    if (text.search(around) < 0) throw new Error(`${file} no longer names the version as ${String(around)}`);
    files.set(file, text.replaceAll(around, `$1${version}$2`));
  }
  return files;
}

function ownVersion(): string {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
}

if (argv[1] === fileURLToPath(import.meta.url))
  for (const [file, text] of versionedFiles()) writeFileSync(join(ROOT, file), text);
