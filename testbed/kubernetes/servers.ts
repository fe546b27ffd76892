/** The control plane's processes and their arguments. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { cleanEnvironment, ONE_PROCESSOR, RARE_COLLECTION } from '../environment.ts';
import { eventually, Hopeless } from '../eventually.ts';
import { startService, type Service } from '../process.ts';
import type { Tools } from '../tools/go-tools.ts';

const BOOT_DEADLINE_MS = 60_000;

/** Everything that a control plane keeps on disk, below one folder. */
export interface Layout {
  readonly folder: string;
  readonly certificateFolder: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
}

/** Where the control plane of this folder keeps its files. */
export function layoutOf(folder: string): Layout {
  return {
    folder,
    certificateFolder: join(folder, 'certificates'),
    certificateFile: join(folder, 'certificates', 'apiserver.crt'),
    keyFile: join(folder, 'certificates', 'apiserver.key'),
    tokenFile: join(folder, 'tokens.csv'),
    serviceAccountKeyFile: join(folder, 'service-accounts.pem'),
  };
}

/** Writes the files that the servers read when they start: the admin's token and the key that signs service account tokens. */
export function layOut(folder: string, adminToken: string): Layout {
  const layout = layoutOf(folder);
  mkdirSync(layout.certificateFolder);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(layout.serviceAccountKeyFile, privateKey.export({ type: 'sec1', format: 'pem' }), {
    mode: 0o600,
  });
  writeFileSync(layout.tokenFile, `${adminToken},admin,admin,"system:masters"\n`, { mode: 0o600 });
  return layout;
}

/** Starts etcd. It listens for clients on a Unix socket in its folder, and takes any free port for peers. */
export function startEtcd(tools: Tools, { folder }: Layout, modest: boolean): Service {
  const client = 'unix://etcd:0';
  const peer = 'http://127.0.0.1:0';
  return startService(
    'etcd',
    tools.etcd,
    [
      `--name=testbed`,
      `--data-dir=${join(folder, 'etcd')}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=testbed=${peer}`,
    ],
    { cwd: folder, logFile: join(folder, 'etcd.log'), env: environmentOf(modest) },
  );
}

interface ApiServerOptions {
  readonly port: number;
  readonly adminToken: string;
  /** The version of Kubernetes as which it behaves; its own if undefined. */
  readonly emulatedVersion: string | undefined;
  readonly modest: boolean;
}

/** Starts the API server and waits until it is ready. Throws with the end of its log if it ends instead. */
export async function startApiServer(
  tools: Tools,
  layout: Layout,
  { port, adminToken, emulatedVersion, modest }: ApiServerOptions,
): Promise<Service> {
  const service = startService(
    'kube-apiserver',
    tools.apiServer,
    [
      '--etcd-servers=unix://etcd:0',
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      // The endpoint of a server that listens on loopback would be refused.
      '--endpoint-reconciler-type=none',
      `--secure-port=${port}`,
      `--cert-dir=${layout.certificateFolder}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${layout.tokenFile}`,
      '--disable-admission-plugins=ServiceAccount',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${layout.serviceAccountKeyFile}`,
      `--service-account-signing-key-file=${layout.serviceAccountKeyFile}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      ...(modest ? ['--enable-priority-and-fairness=false'] : []),
      ...(emulatedVersion === undefined ? [] : [`--emulated-version=${emulatedVersion}`]),
    ],
    {
      cwd: layout.folder,
      logFile: join(layout.folder, 'kube-apiserver.log'),
      env: environmentOf(modest),
    },
  );
  try {
    await eventually(
      'the API server to be ready',
      async () => {
        if (!service.running())
          throw new Hopeless(`kube-apiserver ended while booting:\n${service.logTail()}`);
        const answer = await get(port, '/readyz', layout, adminToken);
        if (answer.status !== 200) throw new Error(`/readyz answers ${answer.status}: ${answer.body}`);
      },
      { deadlineMs: BOOT_DEADLINE_MS, everyMs: 100 },
    );
  } catch (error) {
    await service.stop();
    throw error;
  }
  return service;
}

function environmentOf(modest: boolean): Record<string, string> {
  return cleanEnvironment({ ...RARE_COLLECTION, ...(modest && ONE_PROCESSOR) });
}

/** Starts the controllers on which users of a namespaced operator rely: garbage collection, namespace deletion and aggregation of
 *  cluster roles. */
export function startControllerManager(tools: Tools, { folder }: Layout, kubeconfig: string): Service {
  return startService(
    'kube-controller-manager',
    tools.controllerManager,
    [
      `--kubeconfig=${kubeconfig}`,
      '--controllers=garbage-collector-controller,namespace-controller,clusterrole-aggregation-controller',
      '--leader-elect=false',
      '--secure-port=0',
    ],
    { cwd: folder, logFile: join(folder, 'kube-controller-manager.log') },
  );
}

function get(
  port: number,
  path: string,
  layout: Layout,
  token: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path,
        ca: readFileSync(layout.certificateFile),
        headers: { authorization: `Bearer ${token}` },
        agent: false,
        timeout: 5_000,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in 5 s')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
