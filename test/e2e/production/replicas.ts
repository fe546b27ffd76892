/** Several operators on one cluster, each behind a proxy of its own, so that it is clear which of them makes a call. */
import { readFileSync } from 'node:fs';
import { eventually } from '../../../testbed/eventually.ts';
import type { OperatorProcess } from '../../../testbed/operator.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { startAwsProxy, type AwsProxy } from '../../../testbed/proxy/aws.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { metrics, series } from './prometheus.ts';
import { machineArn, targetRole } from '../link/aws-owners.ts';
import { objectOf, startScene, type LinkName, type Scene } from '../link/scene.ts';
import { present } from '../../expectations.ts';

export const TENANT = 'payments';

/** What a pod of the chart runs with. */
export const ELECT = '--leader-elect=true';

/** A log line's fields that tests look at. */
interface LogLine {
  readonly msg: string;
  readonly time: string;
}

export class Replica {
  readonly name: string;
  readonly aws: AwsProxy;
  readonly process: OperatorProcess;

  constructor(name: string, aws: AwsProxy, process: OperatorProcess) {
    this.name = name;
    this.aws = aws;
    this.process = process;
  }

  get logs(): readonly LogLine[] {
    // The last line may be half written.
    const lines = readFileSync(this.process.logFile, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  /** When it first said so, in milliseconds since 1970. */
  saidAt(message: string): number | undefined {
    const line = this.logs.find(({ msg }) => msg.startsWith(message));
    return line === undefined ? undefined : Date.parse(line.time);
  }

  /** Waits until it says so; gives when it did, in milliseconds since 1970. */
  untilSaid(message: string, deadlineMs: number): Promise<number> {
    return eventually(
      `${this.name} to say "${message}"`,
      () => present(this.saidAt(message), this.process.logTail(5)),
      { deadlineMs },
    );
  }

  get leads(): boolean {
    return this.saidAt('leading') !== undefined;
  }

  /** Names of the machines that it has looked at. */
  machinesRead(): ReadonlySet<string | undefined> {
    const reads = this.aws.calls.matching(({ operation }) => operation === 'DescribeStateMachine');
    return new Set(reads.map(({ call }) => objectOf(call)));
  }

  /** Its calls into AWS that change something. */
  writes(): readonly AwsCall[] {
    return this.aws.calls.matching(({ write }) => write).map(({ call }) => call);
  }

  /** SIGTERM; gives the exit code. */
  async terminate(): Promise<number> {
    const exitCode = this.process.ended();
    this.process.signal('SIGTERM');
    return exitCode;
  }

  /** The first sample that begins so. */
  async metric(start: string): Promise<number | undefined> {
    const line = series(await metrics(this.process.telemetryUrl)).find((text) => text.startsWith(start));
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
  }
}

export class Replicas {
  readonly scene: Scene;
  readonly #flags: readonly string[];
  readonly #proxies: AwsProxy[] = [];
  #started = 0;

  constructor(scene: Scene, flags: readonly string[]) {
    this.scene = scene;
    this.#flags = flags;
  }

  /** The scene's own operator, which was alone when it started. */
  first(): Replica {
    return new Replica('first', this.scene.aws, this.scene.operator);
  }

  /** Starts another one, as warm as it gets: its caches are filled. */
  async start(flags: readonly string[] = []): Promise<Replica> {
    const aws = await startAwsProxy(this.scene.stage.emulator.url);
    this.#proxies.push(aws);
    this.#started += 1;
    const process = await this.scene.stage.operator({
      awsUrl: aws.url,
      kubernetesUrl: this.scene.kubernetes.url,
      flags: [...this.#flags, ...flags],
    });
    return new Replica(`replica ${this.#started}`, aws, process);
  }

  /** For each name a workflow with one Task on a queue of the target account, and a link, which is not waited for. */
  async link(...names: readonly string[]): Promise<readonly LinkName[]> {
    await Promise.all(names.map((name) => this.workflow(name)));
    return this.apply(...names);
  }

  workflow(name: string): Promise<string> {
    return this.scene.workflow(name, chain({ Send: sendMessage(name) }));
  }

  /** Links of workflows that exist, in one go. */
  async apply(...names: readonly string[]): Promise<readonly LinkName[]> {
    const links = names.map((name) => ({ namespace: TENANT, name }));
    await Promise.all(
      links.map((link) =>
        this.scene.link(link, {
          stateMachineARN: machineArn(link.name),
          targetRole: { arn: targetRole(link.name) },
        }),
      ),
    );
    return links;
  }

  async stop(): Promise<void> {
    await this.scene.stop();
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
  }
}

/** A scene whose first operator leads. */
export async function startReplicas(flags: readonly string[] = [], options = {}): Promise<Replicas> {
  const all = [ELECT, ...flags];
  const scene = await startScene({ ...options, flags: all });
  const replicas = new Replicas(scene, all);
  await scene.tenant(TENANT);
  await replicas.first().untilSaid('leading', 10_000);
  return replicas;
}

/** Matches an operation on the role or machine of that name. */
export function callFor(name: string, operation: string): (call: AwsCall) => boolean {
  return (call) => call.operation === operation && objectOf(call) === name;
}
