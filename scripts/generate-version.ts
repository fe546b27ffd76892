/**
 * Writes the version that stands in package.json into everything else that names it. `npm version` bumps the one place;
 * `make generate` carries it on, and a test holds the rest to it.
 *
 * Usage: node scripts/generate-version.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The places: a file, and what stands around the version there. */
const PLACES: readonly { readonly file: string; readonly around: RegExp }[] = [
  { file: 'charts/crossaccountlink/Chart.yaml', around: /^(version: ).+()$/m },
  { file: 'charts/crossaccountlink/Chart.yaml', around: /^(appVersion: ).+()$/m },
  { file: 'deploy/overlays/production/kustomization.yaml', around: /(newTag: )[^ }]+( })/ },
  { file: 'deploy/overlays/release/kustomization.yaml', around: /(newTag: )[^ }]+( })/ },
  { file: 'charts/crossaccountlink/Chart.yaml', around: /(image: [^:]+crossaccountlink:).+()/ },
  { file: 'deploy/gitops/argocd/application.yaml', around: /(targetRevision: v)[0-9][^\n]*()$/m },
  { file: 'deploy/gitops/flux/operator.yaml', around: /(tag: v)[^ }]+( })/ },
  { file: 'deploy/github-action/action.yml', around: /(kubectl-crossaccountlink@)[0-9][^\s`]*()/ },
  { file: 'deploy/github-action/README.md', around: /(kubectl-crossaccountlink@)[0-9][^\s`]*()/ },
  { file: 'deploy/github-action/README.md', around: /(deploy\/github-action@v)[0-9]\S*()/ },
  { file: 'deploy/github-action/example.yaml', around: /(deploy\/github-action@v)[0-9]\S*()/ },
];

/** The files that name the version, by path, as they should read. */
export function versionedFiles(): ReadonlyMap<string, string> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const files = new Map<string, string>();
  for (const { file, around } of PLACES) {
    const text = files.get(file) ?? readFileSync(join(ROOT, file), 'utf8');
    if (!around.test(text)) throw new Error(`${file} no longer names the version as ${String(around)}`);
    files.set(file, text.replace(around, `$1${version}$2`));
  }
  return files;
}

if (argv[1] === fileURLToPath(import.meta.url))
  for (const [file, text] of versionedFiles()) writeFileSync(join(ROOT, file), text);
