/** The operator as its own process, under the ServiceAccount and RBAC that deploy/base gives it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsCredentials } from './aws-emulator.ts';
import { operatorProgram } from './bundle.ts';
import type { SharedControlPlane } from './control-plane.ts';
import { cleanEnvironment } from './environment.ts';
import { eventually, Hopeless } from './eventually.ts';
import { startService, type Service } from './process.ts';
import { scratchFolder } from './scratch.ts';
import './test-file.ts';

export const OPERATOR_NAMESPACE = 'crossaccountlink-system';
export const CLUSTER_ID = 'testbed';

/** The image's environment variables (Dockerfile). */
export const IMAGE_ENVIRONMENT = { NODE_ENV: 'production', MALLOC_ARENA_MAX: '1' } as const;

/** Measurements should show what the image takes: the code that Node keeps from former runs adds 8 MB. */
const WITHOUT_COMPILED = { NODE_DISABLE_COMPILE_CACHE: '1' } as const;

/** The image's options of Node (Dockerfile). */
export const IMAGE_NODE_OPTIONS = ['--min-semi-space-size=4', '--max-semi-space-size=4'] as const;

/** For operators that live for a minute, as in tests: collecting garbage in a heap of 20 MB again and again took a seventh of
 *  their processor time. */
const RARE_COLLECTION = ['--initial-heap-size=300'] as const;

export interface OperatorOptions {
  readonly controlPlane: SharedControlPlane;
  /** Where AWS is: the emulator, or a proxy before it. */
  readonly awsUrl: string;
  /** The operator's own credentials. */
  readonly credentials: AwsCredentials;
  /** Where the API server is, if it is not called directly. */
  readonly kubernetesUrl?: string;
  /** Flags beyond the usual ones, which they override. */
  readonly flags?: readonly string[];
  /** What to run. Left out: the bundle in dist/, or the sources if they are newer. */
  readonly program?: string;
  /** Node's own options beyond the image's, such as `--import=FILE`. */
  readonly nodeOptions?: readonly string[];
  /** How many milliseconds its caches may take to fill; 30 s when left out. */
  readonly readyWithinMs?: number;
}

export interface OperatorProcess extends Service {
  /** Base URL of /metrics, /healthz and /readyz. */
  readonly telemetryUrl: string;
  /** What it has logged so far. */
  readonly logFile: string;
}

/** Starts the operator and waits until its caches are synced and it leads. */
export async function startOperator(options: OperatorOptions): Promise<OperatorProcess> {
  const { controlPlane, awsUrl, credentials, kubernetesUrl } = options;
  const kubeconfig = await controlPlane.serviceAccountKubeconfig(
    OPERATOR_NAMESPACE,
    'crossaccountlink',
    kubernetesUrl === undefined ? {} : { server: kubernetesUrl },
  );
  const folder = scratchFolder('operator');
  const logFile = join(folder, 'operator.log');
  const flags = [
    `--cluster-id=${CLUSTER_ID}`,
    `--namespace=${OPERATOR_NAMESPACE}`,
    '--metrics-address=127.0.0.1:0',
    '--propagation-pause=0s',
    '--leader-elect=false',
    ...(options.flags ?? []),
  ];
  const isTest = globalThis.testFile !== undefined;
  const nodeOptions = [...IMAGE_NODE_OPTIONS, ...(isTest ? RARE_COLLECTION : [])];
  const service = startService(
    'operator',
    process.execPath,
    [...nodeOptions, ...(options.nodeOptions ?? []), options.program ?? operatorProgram(), ...flags],
    {
      logFile,
      graceSeconds: 25,
      env: cleanEnvironment({
        ...IMAGE_ENVIRONMENT,
        ...(isTest ? {} : WITHOUT_COMPILED),
        KUBECONFIG: kubeconfig,
        AWS_ENDPOINT_URL: awsUrl,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
      }),
    },
  );
  const telemetryUrl = await eventually(
    'the operator is ready',
    async () => {
      if (!service.running()) throw new Hopeless(`the operator ended:\n${service.logTail()}`);
      const url = /"telemetry":"([^"]+)"/.exec(service.logTail(1_000))?.[1];
      if (url === undefined) throw new Error('it has not said where its telemetry is');
      const answer = await fetch(`${url}/readyz`);
      if (!answer.ok) throw new Error(await answer.text());
      return url;
    },
    { deadlineMs: options.readyWithinMs ?? 30_000 },
  );
  const stop = async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...service, telemetryUrl, stop };
}
