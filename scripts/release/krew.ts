/** The plugin's manifest for krew, kubectl's plugin manager: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ */
import { stringify } from 'yaml';

export interface KrewArchive {
  readonly system: string;
  /** As Go names it. */
  readonly processor: string;
  readonly file: string;
  readonly sha256: string;
}

/** @param address where the release's files are, without a slash at its end */
export function krewManifest(version: string, address: string, archives: readonly KrewArchive[]): string {
  return stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'crossaccountlink' },
    spec: {
      version: `v${version}`,
      homepage: 'https://github.com/crossaccountlink/crossaccountlink',
      shortDescription: 'AWS Step Functions across accounts, kept true by manifests',
      description:
        'Shows what the CrossAccountLink operator would change in AWS, why a link is not Ready and what to do about it,\n' +
        'and derives from a state machine what its role in another account has to be allowed.\n',
      platforms: archives.map(({ system, processor, file, sha256 }) => ({
        selector: { matchLabels: { os: system, arch: processor } },
        uri: `${address}/${file}`,
        sha256,
        bin: 'kubectl-crossaccountlink',
      })),
    },
  });
}
