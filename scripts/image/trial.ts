/** Runs the operator from an image's file system as a kubelet would: as the image's user, on a read-only root, with the
 *  image's environment and command, against a real API server. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';
import { cleanEnvironment } from '../../testbed/environment.ts';
import { eventually, Hopeless } from '../../testbed/eventually.ts';
import { OPERATOR_NAMESPACE } from '../../testbed/operator.ts';
import { startService } from '../../testbed/process.ts';
import type { Builder } from './builder.ts';
import { withFileSystem } from './size.ts';

/** `sh -ec ENTER sh ROOT USER KUBECONFIG COMMAND…`, in a mount namespace of its own. */
const ENTER = `
  root=$1 user=$2 kubeconfig=$3; shift 3
  mkdir -p "$root/proc" "$root/dev"
  mount --bind "$root" "$root"
  mount --rbind /proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/tmp"
  install -m 444 "$kubeconfig" "$root/tmp/kubeconfig"
  mount -o remount,ro,bind "$root"
  exec chroot --userspec="$user" --groups="\${user#*:}" "$root" "$@"
`;

/** What an image says about how it is run. */
interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
}

/** Resolves with what was seen once the operator leads. Throws with its log if it does not. */
export async function tryImage(builder: Builder, image: string, root: string): Promise<string> {
  const inspected = JSON.parse(await builder.buildah('inspect', '--type=image', image));
  const config: ImageConfig = inspected.Docker.config;
  const controlPlane = await startControlPlane();
  try {
    await bringRights(controlPlane, root);
    return await withFileSystem(builder, image, (folder) => runIn(folder, config, controlPlane));
  } finally {
    await controlPlane.stop();
  }
}

async function runIn(folder: string, config: ImageConfig, controlPlane: ControlPlane): Promise<string> {
  const logs = mkdtempSync(join(tmpdir(), 'xal-image-'));
  const kubeconfig = join(logs, 'kubeconfig');
  writeFileSync(kubeconfig, await wholeKubeconfig(controlPlane));
  const given = config.Env.map((pair) => [
    pair.slice(0, pair.indexOf('=')),
    pair.slice(pair.indexOf('=') + 1),
  ]);
  const environment: Record<string, string> = Object.fromEntries(given);
  const start = performance.now();
  const operator = startService(
    'the image',
    'unshare',
    [
      '--mount',
      'sh',
      '-ec',
      ENTER,
      'sh',
      folder,
      config.User,
      kubeconfig,
      ...config.Entrypoint,
      '--cluster-id=image',
      '--metrics-address=127.0.0.1:0',
    ],
    {
      logFile: join(logs, 'operator.log'),
      env: cleanEnvironment({
        ...environment,
        PATH: `${process.env['PATH'] ?? ''}:${environment['PATH'] ?? ''}`,
        KUBECONFIG: '/tmp/kubeconfig',
        POD_NAMESPACE: OPERATOR_NAMESPACE,
      }),
    },
  );
  try {
    await eventually(
      'the operator to lead',
      () => {
        if (!operator.running()) throw new Hopeless(`it has ended:\n${operator.logTail()}`);
        if (!operator.logTail(100).includes('"msg":"leading"')) throw new Error(operator.logTail());
      },
      { deadlineMs: 60_000 },
    );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const status = readFileSync(`/proc/${operator.pid}/status`, 'utf8');
    const [user] = /^Uid:\s+(\d+)/m.exec(status)?.slice(1) ?? [];
    if (`${user}` !== config.User.split(':')[0]) throw new Error(`it runs as ${user}, not as ${config.User}`);
    const memory = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
    return `leads after ${seconds} s, as user ${user} on a read-only root, ${memory.toFixed(0)} MB`;
  } finally {
    await operator.stop();
    rmSync(logs, { recursive: true, force: true });
  }
}

/** The ServiceAccount's kubeconfig, with the certificate in it: the image sees no file of this machine. */
async function wholeKubeconfig(controlPlane: ControlPlane): Promise<string> {
  const path = await controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, 'crossaccountlink');
  const view = ['config', 'view', '--raw', '--flatten', '--kubeconfig', path];
  const { stdout, stderr, exitCode } = await controlPlane.kubectl(view);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

async function bringRights(controlPlane: ControlPlane, root: string): Promise<void> {
  for (const args of [
    ['apply', '--server-side', '-f', join(root, 'crds')],
    ['wait', '--for=condition=Established', '--timeout=30s', '-f', join(root, 'crds')],
    ['apply', '-f', join(root, 'deploy/base/namespace.yaml')],
    ['apply', '-n', OPERATOR_NAMESPACE, '-f', join(root, 'deploy/base/serviceaccount.yaml')],
    ['apply', '-n', OPERATOR_NAMESPACE, '-f', join(root, 'deploy/base/rbac.yaml')],
  ]) {
    const { exitCode, stderr } = await controlPlane.kubectl(args);
    if (exitCode !== 0) throw new Error(stderr);
  }
}
