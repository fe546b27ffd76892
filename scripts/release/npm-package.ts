/** The plugin as an npm package of its own, for `npx kubectl-crossaccountlink`: bundled files without dependencies. */

/** The package's package.json, from the project's. */
export function packageManifest(project: {
  readonly version: string;
  readonly license: string;
  readonly engines: object;
}): string {
  const { version, license, engines } = project;
  const manifest = {
    name: 'kubectl-crossaccountlink',
    version,
    description: 'kubectl crossaccountlink: AWS Step Functions across accounts, kept true by manifests',
    license,
    repository: 'github:crossaccountlink/crossaccountlink',
    type: 'module',
    engines,
    bin: { 'kubectl-crossaccountlink': 'kubectl-crossaccountlink.mjs' },
    files: ['kubectl-crossaccountlink.mjs', 'kubectl-crossaccountlink.mjs.LEGAL.txt', 'cli'],
    keywords: ['kubectl', 'aws', 'step-functions', 'iam'],
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
