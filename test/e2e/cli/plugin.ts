/** The kubectl plugin as it is shipped, run by a person who has a kubeconfig and the operator's AWS credentials. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { run, runOrThrow, type Outcome } from '../../../testbed/process.ts';
import { startAwsProxy, type AwsProxy } from '../../../testbed/proxy/aws.ts';
import { startKubernetesProxy, type KubernetesProxy } from '../../../testbed/proxy/kubernetes.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';
import type { Scene } from '../link/scene.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Plugin {
  /** Proxies that nothing but the plugin uses: they see all that it does. */
  readonly aws: AwsProxy;
  readonly kubernetes: KubernetesProxy;
  /** A failing exit status is an answer, not an exception. */
  run(args: readonly string[], options?: PluginOptions): Promise<Outcome>;
  stop(): Promise<void>;
}

export interface PluginOptions {
  /** Text of standard input. */
  readonly input?: string;
  /** On top of what the person has set. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Bundles the plugin into a folder of its own, so that nobody who runs the one in dist/ is disturbed. */
export async function startPlugin({ stage }: Scene): Promise<Plugin> {
  const folder = scratchFolder('plugin');
  await runOrThrow(process.execPath, [join(ROOT, 'scripts/build.ts'), folder]);
  const aws = await startAwsProxy(stage.emulator.url);
  const kubernetes = await startKubernetesProxy(stage.controlPlane);
  const { accessKeyId, secretAccessKey } = stage.credentials;
  const set = {
    KUBECONFIG: stage.controlPlane.kubeconfig({}, { server: kubernetes.url }),
    CLUSTER_ID,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  return {
    aws,
    kubernetes,
    run: (args, { input, env = {} } = {}) =>
      run(process.execPath, [join(folder, 'kubectl-crossaccountlink.mjs'), ...args], {
        env: cleanEnvironment({ ...set, ...env }),
        timeoutMs: 60_000,
        ...(input !== undefined && { input }),
      }),
    async stop() {
      await Promise.all([aws.stop(), kubernetes.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
