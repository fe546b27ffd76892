/** The control plane's binaries, Helm, and promtool: official ones if they can be downloaded, else built from the Go modules next
 *  to this file. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../process.ts';
import { cached } from './cache.ts';
import { Downloads } from './downloads.ts';
import { find, GO } from './prerequisites.ts';
import { withProgress } from './progress.ts';
import {
  apiServerReleases,
  etcdReleases,
  helmReleases,
  kubectlReleases,
  kubernetesServer,
  promtoolReleases,
  type ReleasesOf,
} from './releases.ts';

interface GoTool {
  readonly binary: string;
  /** Name under which its version is cached. */
  readonly project: string;
  /** Folder of the Go module, next to this file. */
  readonly module: string;
  /** Package of the `main` function. */
  readonly package: string;
  /** Module whose required version is the tool's version. */
  readonly versionOf: string;
  readonly linkerFlags: (version: string, goMod: string) => string;
  /** Distinguishes it in the cache from earlier builds of the same version, which were stamped differently. */
  readonly build?: string;
  /** Build tags that leave out what is not needed here. */
  readonly tags?: string;
  /** How long a first build takes on two cores. */
  readonly firstBuild: string;
  /** Official binaries of a version, for this platform. */
  readonly releases: ReleasesOf;
}

function kubernetesTool(binary: string, firstBuild: string, releases: ReleasesOf): GoTool {
  return {
    binary,
    project: 'kubernetes',
    module: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${binary}`,
    versionOf: 'k8s.io/kubernetes',
    linkerFlags: kubernetesVersionFlags,
    firstBuild,
    releases,
  };
}

const ETCD: GoTool = {
  binary: 'etcd',
  project: 'etcd',
  module: 'kubernetes',
  package: 'go.etcd.io/etcd/server/v3',
  versionOf: 'go.etcd.io/etcd/server/v3',
  linkerFlags: () => '-s -w',
  firstBuild: 'a minute',
  releases: etcdReleases,
};
const KUBECTL = kubernetesTool('kubectl', 'a minute or two', kubectlReleases);
const API_SERVER = kubernetesTool('kube-apiserver', '3 to 5 minutes', apiServerReleases);
const CONTROLLER_MANAGER = kubernetesTool(
  'kube-controller-manager',
  'two minutes',
  kubernetesServer('kube-controller-manager'),
);
const HELM: GoTool = {
  binary: 'helm',
  project: 'helm',
  module: 'helm',
  package: 'helm.sh/helm/v3/cmd/helm',
  versionOf: 'helm.sh/helm/v3',
  linkerFlags: helmFlags,
  build: 'stamped',
  firstBuild: 'a minute',
  releases: helmReleases,
};
const PROMTOOL: GoTool = {
  binary: 'promtool',
  project: 'prometheus',
  module: 'prometheus',
  package: 'github.com/prometheus/prometheus/cmd/promtool',
  versionOf: 'github.com/prometheus/prometheus',
  linkerFlags: () => '-s -w',
  // Only rules are checked here, so the clouds in which Prometheus finds its targets need not be compiled.
  tags: 'remove_all_sd',
  firstBuild: 'a few minutes',
  releases: promtoolReleases,
};

/** Tools of the release: small and rarely needed. */
const builtAlways: ReleasesOf = () => [];
const QUILL: GoTool = {
  binary: 'quill',
  project: 'quill',
  module: 'quill',
  package: 'github.com/anchore/quill/cmd/quill',
  versionOf: 'github.com/anchore/quill',
  linkerFlags: () => '-s -w',
  firstBuild: 'a minute or two',
  releases: builtAlways,
};
const ACTIONLINT: GoTool = {
  binary: 'actionlint',
  project: 'actionlint',
  module: 'actionlint',
  package: 'github.com/rhysd/actionlint/cmd/actionlint',
  versionOf: 'github.com/rhysd/actionlint',
  linkerFlags: () => '-s -w',
  firstBuild: 'half a minute',
  releases: builtAlways,
};

const DOWNLOADS = new Downloads({ mirror: process.env['TOOLS_MIRROR'] });

/** Paths of the control plane's binaries. */
export interface Tools {
  readonly etcd: string;
  readonly kubectl: string;
  readonly apiServer: string;
  readonly controllerManager: string;
}

/**
 * Finds, downloads or builds the control plane's binaries, each on its own: `KUBEBUILDER_ASSETS`, then the cache, then the
 * official release, then `go build`. A first build takes minutes and reports its progress on standard error. `TOOLS_MIRROR` names
 * a server that has the releases, each below its host's name, for networks without internet.
 */
export async function ensureTools(): Promise<Tools> {
  // One after the other: each build already uses every core.
  const etcd = await ensure(ETCD);
  const kubectl = await ensure(KUBECTL);
  const apiServer = await ensure(API_SERVER);
  const controllerManager = await ensure(CONTROLLER_MANAGER);
  return { etcd, kubectl, apiServer, controllerManager };
}

/** Finds, downloads or builds Helm 3. */
export function ensureHelm(): Promise<string> {
  return ensure(HELM);
}

/** Finds, downloads or builds promtool, which checks and tries Prometheus rules. */
export function ensurePromtool(): Promise<string> {
  return ensure(PROMTOOL);
}

/** Builds quill, which signs programs for macOS on any system. */
export function ensureQuill(): Promise<string> {
  return ensure(QUILL);
}

/** Builds actionlint, which checks workflows. */
export function ensureActionlint(): Promise<string> {
  return ensure(ACTIONLINT);
}

async function ensure(tool: GoTool): Promise<string> {
  const given = process.env['KUBEBUILDER_ASSETS'];
  if (given !== undefined && given !== '') {
    const path = join(given, tool.binary);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  }
  const folder = fileURLToPath(new URL(tool.module, import.meta.url));
  const goMod = readFileSync(join(folder, 'go.mod'), 'utf8');
  const version = requiredVersion(goMod, tool.versionOf);
  const suffix = tool.build === undefined ? '' : `-${tool.build}`;
  return cached(join(`${tool.project}-${version}${suffix}`, tool.binary), async (unfinished) => {
    const what = `${tool.binary} ${version}`;
    if (await DOWNLOADS.take(what, tool.releases(version), unfinished)) return;
    await build(tool, { what, linkerFlags: tool.linkerFlags(version, goMod), folder, target: unfinished });
  });
}

interface Build {
  /** Binary and version, for people. */
  readonly what: string;
  readonly linkerFlags: string;
  /** Folder of the go.mod. */
  readonly folder: string;
  /** The file that is written. */
  readonly target: string;
}

async function build(tool: GoTool, { what, linkerFlags, folder, target }: Build): Promise<void> {
  const go = await find(GO);
  const tags = tool.tags === undefined ? [] : ['-tags', tool.tags];
  const flags = ['-trimpath', ...tags, '-ldflags', linkerFlags, '-o', target];
  await withProgress(`building ${what} (once; ${tool.firstBuild})`, () =>
    runOrThrow(go, ['build', ...flags, tool.package], {
      cwd: folder,
      env: { ...process.env, CGO_ENABLED: '0' },
    }),
  );
}

/** Reads the version of `module` out of a go.mod file. */
export function requiredVersion(goMod: string, module: string): string {
  for (const line of goMod.split('\n')) {
    const [path, version] = line
      .replace(/^require\s/, '')
      .trim()
      .split(/\s+/);
    if (path === module && version?.startsWith('v') === true) return version;
  }
  throw new Error(`go.mod does not require ${module}`);
}

/** What Kubernetes' own build stamps into its binaries; without it the API server calls itself v0.0.0. */
function kubernetesVersionFlags(version: string): string {
  const [major = '', minor = ''] = version.slice(1).split('.');
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    `-X ${path}.gitVersion=${version}`,
    `-X ${path}.gitMajor=${major}`,
    `-X ${path}.gitMinor=${minor}`,
  ]);
  return ['-s -w', ...stamps].join(' ');
}

/** Helm's own build stamps the version of its Kubernetes client into it: charts are rendered for this version if no cluster is
 *  asked. */
function helmFlags(version: string, goMod: string): string {
  const [, minor = ''] = requiredVersion(goMod, 'k8s.io/client-go').slice(1).split('.');
  const stamps = ['pkg/lint/rules', 'pkg/chartutil'].flatMap((path) => [
    `-X helm.sh/helm/v3/${path}.k8sVersionMajor=1`,
    `-X helm.sh/helm/v3/${path}.k8sVersionMinor=${minor}`,
  ]);
  return ['-s -w', `-X helm.sh/helm/v3/internal/version.version=${version}`, ...stamps].join(' ');
}
