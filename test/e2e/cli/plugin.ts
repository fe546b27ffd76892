/** The kubectl plugin as it is shipped, a single executable, run by a person who has a kubeconfig and the operator's AWS
 *  credentials. It is not run through kubectl, whose own start takes half as long again. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pluginProgram } from '../../../testbed/bundle.ts';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { pluginExecutable } from '../../../testbed/executable.ts';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { run, type Outcome } from '../../../testbed/process.ts';
import { startAwsProxy, type AwsProxy } from '../../../testbed/proxy/aws.ts';
import { startKubernetesProxy, type KubernetesProxy } from '../../../testbed/proxy/kubernetes.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';
import { ensureTools } from '../../../testbed/tools/go-tools.ts';
import type { Scene } from '../link/scene.ts';

export interface Plugin {
  /** Proxies that only the plugin uses: they see everything that it does. */
  readonly aws: AwsProxy;
  readonly kubernetes: KubernetesProxy;
  /** The person's environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** A failing exit status is an answer, not an exception. */
  run(args: readonly string[], options?: PluginOptions): Promise<Outcome>;
  /** The same through `kubectl crossaccountlink`. */
  runByKubectl(args: readonly string[], options?: PluginOptions): Promise<Outcome>;
  /** A verb that runs until it is interrupted. */
  start(args: readonly string[]): Running;
  stop(): Promise<void>;
}

export interface Running {
  /** Waits until the output so far is as wanted. */
  until(isWanted: (stdout: string) => boolean): Promise<void>;
  /** Ctrl-C. */
  interrupt(): Promise<{ readonly exitCode: number; readonly stdout: string }>;
}

export interface PluginOptions {
  /** Text for standard input. */
  readonly input?: string;
  /** In addition to the person's own variables. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startPlugin({ stage }: Pick<Scene, 'stage'>): Promise<Plugin> {
  const bin = await binaries();
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
    PATH: [bin, process.env['PATH']].join(':'),
  };
  const execute = (program: string, args: readonly string[], { input, env = {} }: PluginOptions = {}) =>
    run(join(bin, program), args, {
      env: cleanEnvironment({ ...set, ...env }),
      timeoutMs: 60_000,
      ...(input !== undefined && { input }),
    });
  return {
    aws,
    kubernetes,
    environment: set,
    run: (args, options) => execute('kubectl-crossaccountlink', args, options),
    runByKubectl: (args, options) => execute('kubectl', ['crossaccountlink', ...args], options),
    start: (args) => startVerb(join(bin, 'kubectl-crossaccountlink'), args, cleanEnvironment(set)),
    async stop() {
      await Promise.all([aws.stop(), kubernetes.stop()]);
      rmSync(dirname(bin), { recursive: true });
    },
  };
}

/** A folder with kubectl, and with the plugin where kubectl finds it. */
async function binaries(): Promise<string> {
  const bin = join(scratchFolder('plugin'), 'bin');
  mkdirSync(bin);
  symlinkSync((await ensureTools()).kubectl, join(bin, 'kubectl'));
  const plugin = join(bin, 'kubectl-crossaccountlink');
  const executable = await pluginExecutable();
  if (executable === undefined) {
    writeFileSync(plugin, `#!/bin/sh\nexec "${process.execPath}" "${pluginProgram()}" "$@"\n`);
    chmodSync(plugin, 0o755);
  } else symlinkSync(executable, plugin);
  return bin;
}

function startVerb(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => resolve(code ?? 1));
  });
  return {
    until: (isWanted) =>
      eventually('the verb to print what is wanted', async () => {
        if (!isWanted(stdout)) throw new Error(stdout);
      }),
    async interrupt() {
      child.kill('SIGINT');
      return { exitCode: await ended, stdout };
    },
  };
}
