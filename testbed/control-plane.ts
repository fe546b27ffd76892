/** A real Kubernetes API server on etcd, on loopback, independent of the machine's own configuration. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, RARE_COLLECTION } from './environment.ts';
import { AdminApi, type AdminAddress } from './kubernetes/admin-api.ts';
import { writeKubeconfig, type Credentials } from './kubernetes/kubeconfig.ts';
import { layOut, layoutOf, startApiServer, startControllerManager, startEtcd } from './kubernetes/servers.ts';
import { onFreePort } from './ports.ts';
import { run, type Outcome, type Service } from './process.ts';
import { scratchFolder } from './scratch.ts';
import { ensureTools, type Tools } from './tools/go-tools.ts';

export interface ControlPlaneOptions {
  /** Behave like an older release, such as `1.33`; without it, as the binaries' own version. */
  readonly emulatedVersion?: string;
  /** Also run garbage collection, namespace deletion and role aggregation. */
  readonly controllerManager?: boolean;
  /** Use only one processor, and serve requests as they come, without priority and fairness: a sixth less work. For control
   *  planes that tests start beside each other. */
  readonly modest?: boolean;
}

export interface KubectlOptions {
  /** Text for standard input, for `-f -`. */
  readonly input?: string;
  /** User to impersonate. */
  readonly as?: string;
  /** Whose credentials to use; without it, the admin's. */
  readonly kubeconfig?: string;
  /** After how many milliseconds kubectl is ended; 60,000 unless given. */
  readonly timeoutMs?: number;
}

export interface KubeconfigOptions {
  /** URL to use instead of the API server's own, for example a proxy's. */
  readonly server?: string;
}

/** Where a control plane is and how to access it: plain text, so that it can be passed to another process. */
export interface ControlPlaneAddress {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Token of a member of `system:masters`. */
  readonly adminToken: string;
  /** Holds the processes' logs and everything else. The process that started them removes it. */
  readonly folder: string;
}

/** What can be done with a control plane that others use as well. */
export interface SharedControlPlane extends ControlPlaneAddress {
  /** Path of the admin's kubeconfig file. */
  readonly adminKubeconfig: string;
  /** The certificate that the API server uses for TLS; every kubeconfig trusts a proxy that uses the same one. */
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly tools: Tools;
  /** Writes a kubeconfig file for the admin's token or another one, and returns its path. Impersonates `as`. */
  kubeconfig(credentials: Partial<Credentials>, options?: KubeconfigOptions): string;
  /** Writes a kubeconfig file with a real token (24 h) of an existing service account, and returns its path. */
  serviceAccountKubeconfig(namespace: string, name: string, options?: KubeconfigOptions): Promise<string>;
  /** Runs kubectl. A refusal is an answer, not an exception. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<Outcome>;
}

/** A control plane for its owner alone, who may let it rest, kill it and stop it. */
export interface ControlPlane extends SharedControlPlane {
  /** False once one of its servers has ended. */
  running(): boolean;
  /** Freezes all servers while nobody uses them: even idle, they would take an eightieth of a processor. */
  rest(): void;
  wake(): void;
  /** Kills the API server without notice and starts it again on the same port and data. */
  restartApiServer(): Promise<void>;
  /** Ends all processes and removes the folder. */
  stop(): Promise<void>;
}

/** Boots a control plane, in 3 to 4 seconds once its binaries are in the cache. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const tools = await ensureTools();
  const folder = scratchFolder('control-plane');
  const adminToken = randomBytes(16).toString('hex');
  const layout = layOut(folder, adminToken);
  const { emulatedVersion, modest = false } = options;
  const boot = (port: number) => startApiServer(tools, layout, { port, adminToken, emulatedVersion, modest });

  const etcd = startEtcd(tools, layout, modest);
  let apiServer: Service | undefined;
  let controllerManager: Service | undefined;
  const stop = async () => {
    await controllerManager?.stop();
    // Stopped before etcd: without etcd the API server lingers for minutes and keeps its port.
    await apiServer?.stop();
    await etcd.stop();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const booted = await onFreePort(boot);
    apiServer = booted.service;
    const url = `https://127.0.0.1:${booted.port}`;
    const plane = await connectControlPlane({ url, adminToken, folder });
    if (options.controllerManager === true) {
      controllerManager = manageControlPlane(plane);
    }

    return {
      ...plane,
      running: () => etcd.running() && apiServer?.running() === true,
      rest() {
        for (const server of [controllerManager, apiServer, etcd]) server?.signal('SIGSTOP');
      },
      wake() {
        for (const server of [etcd, apiServer, controllerManager]) server?.signal('SIGCONT');
      },
      async restartApiServer() {
        await apiServer?.kill();
        apiServer = await boot(booted.port);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Adds to a running control plane what {@link ControlPlaneOptions.controllerManager} describes. */
export function manageControlPlane({ folder, adminKubeconfig, tools }: SharedControlPlane): Service {
  return startControllerManager(tools, layoutOf(folder), adminKubeconfig);
}

/** Opens a control plane that is already running. */
export async function connectControlPlane(address: ControlPlaneAddress): Promise<SharedControlPlane> {
  const { url, adminToken, folder } = address;
  const tools = await ensureTools();
  const { certificateFile, keyFile } = layoutOf(folder);
  const kubeconfig = (credentials: Partial<Credentials>, { server = url }: KubeconfigOptions = {}) =>
    writeKubeconfig(folder, { url: server, certificateFile }, { token: adminToken, ...credentials });
  const adminKubeconfig = kubeconfig({});
  const kubectl = kubectlOf(tools, folder, adminKubeconfig);
  return {
    url,
    adminToken,
    adminKubeconfig,
    certificateFile,
    keyFile,
    folder,
    tools,
    kubeconfig,
    async serviceAccountKubeconfig(namespace, name, at = {}) {
      return kubeconfig({ token: await tokenOf({ ...address, certificateFile }, namespace, name) }, at);
    },
    kubectl,
  };
}

/** Like `kubectl create token`, which takes longer to start than the answer takes; and each operator needs a token. */
async function tokenOf(plane: AdminAddress, namespace: string, name: string): Promise<string> {
  const api = new AdminApi(plane);
  try {
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 86_400 },
    };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const { status } = Object(await api.call('POST', path, { body }));
    return String(status.token);
  } finally {
    await api.close();
  }
}

function kubectlOf(tools: Tools, folder: string, adminKubeconfig: string): SharedControlPlane['kubectl'] {
  // Without a cache folder of its own, kubectl would fill the user's with a folder for each port.
  const env = cleanEnvironment({ ...RARE_COLLECTION, KUBECACHEDIR: join(folder, 'kubectl-cache') });
  return (args, { input, as, kubeconfig = adminKubeconfig, timeoutMs = 60_000 } = {}) =>
    run(tools.kubectl, [`--kubeconfig=${kubeconfig}`, ...(as === undefined ? [] : [`--as=${as}`]), ...args], {
      env,
      timeoutMs,
      ...(input === undefined ? {} : { input }),
    });
}
