/** The kubectl plugin as it is shipped, run by a person who has a kubeconfig and the operator's AWS credentials. */
import { pluginProgram } from '../../../testbed/bundle.ts';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { run, type Outcome } from '../../../testbed/process.ts';
import { startAwsProxy, type AwsProxy } from '../../../testbed/proxy/aws.ts';
import { startKubernetesProxy, type KubernetesProxy } from '../../../testbed/proxy/kubernetes.ts';
import type { Scene } from '../link/scene.ts';

export interface Plugin {
  /** Proxies that nothing but the plugin uses: they see all that it does. */
  readonly aws: AwsProxy;
  readonly kubernetes: KubernetesProxy;
  /** What the person has set. */
  readonly environment: Readonly<Record<string, string>>;
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

export async function startPlugin({ stage }: Scene): Promise<Plugin> {
  const program = pluginProgram();
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
    environment: set,
    run: (args, { input, env = {} } = {}) =>
      run(process.execPath, [program, ...args], {
        env: cleanEnvironment({ ...set, ...env }),
        timeoutMs: 60_000,
        ...(input !== undefined && { input }),
      }),
    async stop() {
      await Promise.all([aws.stop(), kubernetes.stop()]);
    },
  };
}
