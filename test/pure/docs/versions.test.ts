import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { VERSION } from '../../../src/base/version.ts';
import { ROOT } from './markdown.ts';

/** Files that cannot read package.json, and how each writes the version. */
const PLACES: readonly (readonly [path: string, pattern: RegExp])[] = [
  ['charts/crossaccountlink/Chart.yaml', /^(?:version|appVersion): (.+)$/gm],
  ['deploy/overlays/production/kustomization.yaml', /newTag: (\S+)/g],
  ['deploy/gitops/argocd/application.yaml', /targetRevision: v(\S+)/g],
  ['deploy/gitops/flux/operator.yaml', /tag: v(\S+)/g],
  ['deploy/github-action/action.yml', /kubectl-crossaccountlink@([^\s`]+)/g],
  ['deploy/github-action/README.md', /(?:kubectl-crossaccountlink@|github-action@v)([^\s`]+)/g],
  ['deploy/github-action/example.yaml', /github-action@v(\S+)/g],
];

it.each(PLACES)('%s names the version that package.json has', (path, pattern) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const found = [...text.matchAll(pattern)].map(([, version]) => version);
  expect(found).not.toEqual([]);
  expect(new Set(found)).toEqual(new Set([VERSION]));
});
