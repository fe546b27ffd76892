/** Where each project publishes the binaries that are otherwise built from its sources. */
import { arch, platform } from 'node:process';
import type { Release } from './download.ts';

/** The platform as Go names it, or undefined if nobody publishes for it. */
const SYSTEM = { linux: 'linux', darwin: 'darwin' }[String(platform)];
const PROCESSOR = { x64: 'amd64', arm64: 'arm64' }[String(arch)];

/** Releases of one binary, the best first. */
export type ReleasesOf = (version: string) => readonly Release[];

function onThisPlatform(
  releases: (system: string, processor: string) => readonly Release[],
): readonly Release[] {
  return SYSTEM === undefined || PROCESSOR === undefined ? [] : releases(SYSTEM, PROCESSOR);
}

/** Kubernetes' own release: servers only for Linux, kubectl for every system.
 *  https://kubernetes.io/releases/download/#binaries */
function kubernetesRelease(binary: string, version: string, system: string, processor: string): Release {
  const url = `https://dl.k8s.io/release/${version}/bin/${system}/${processor}/${binary}`;
  return { url, checksums: `${url}.sha256`, algorithm: 'sha256' };
}

/** What the Kubernetes project builds for tests of controllers, for Linux and macOS. Some patch versions are missing.
 *  https://book.kubebuilder.io/reference/envtest */
function envtest(binary: string, version: string, system: string, processor: string): Release {
  const project = 'kubernetes-sigs/controller-tools';
  return {
    url: `https://github.com/${project}/releases/download/envtest-${version}/envtest-${version}-${system}-${processor}.tar.gz`,
    checksums: `https://raw.githubusercontent.com/${project}/HEAD/envtest-releases.yaml`,
    algorithm: 'sha512',
    member: `controller-tools/envtest/${binary}`,
  };
}

export const kubernetesServer =
  (binary: string): ReleasesOf =>
  (version) =>
    onThisPlatform((system, processor) =>
      system === 'linux' ? [kubernetesRelease(binary, version, system, processor)] : [],
    );

export const apiServerReleases: ReleasesOf = (version) => [
  ...kubernetesServer('kube-apiserver')(version),
  ...onThisPlatform((system, processor) => [envtest('kube-apiserver', version, system, processor)]),
];

export const kubectlReleases: ReleasesOf = (version) =>
  onThisPlatform((system, processor) => [kubernetesRelease('kubectl', version, system, processor)]);

/** For macOS etcd publishes a zip, which not every machine can open: there it is built. */
export const etcdReleases: ReleasesOf = (version) =>
  onThisPlatform((system, processor) => {
    if (system !== 'linux') return [];
    const folder = `etcd-${version}-${system}-${processor}`;
    const at = `https://github.com/etcd-io/etcd/releases/download/${version}`;
    return [
      {
        url: `${at}/${folder}.tar.gz`,
        checksums: `${at}/SHA256SUMS`,
        algorithm: 'sha256',
        member: `${folder}/etcd`,
      },
    ];
  });

export const helmReleases: ReleasesOf = (version) =>
  onThisPlatform((system, processor) => {
    const url = `https://get.helm.sh/helm-${version}-${system}-${processor}.tar.gz`;
    return [
      { url, checksums: `${url}.sha256sum`, algorithm: 'sha256', member: `${system}-${processor}/helm` },
    ];
  });

/** The Go module of Prometheus 3.x.y has the version v0.3xx.y: see RELEASE.md in its repository. */
export const promtoolReleases: ReleasesOf = (version) =>
  onThisPlatform((system, processor) => {
    const [, major, minor, patch] = /^v0\.(\d)(\d{2})\.(\d+)$/.exec(version) ?? [];
    if (major === undefined || minor === undefined || patch === undefined) return [];
    const release = `${major}.${Number(minor)}.${patch}`;
    const folder = `prometheus-${release}.${system}-${processor}`;
    const at = `https://github.com/prometheus/prometheus/releases/download/v${release}`;
    return [
      {
        url: `${at}/${folder}.tar.gz`,
        checksums: `${at}/sha256sums.txt`,
        algorithm: 'sha256',
        member: `${folder}/promtool`,
      },
    ];
  });
