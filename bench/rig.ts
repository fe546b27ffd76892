/** What figures are measured on: a stage, a proxy before AWS and one before the API server, and the operator between them. */
import { eventually } from '../testbed/eventually.ts';
import type { OperatorOptions, OperatorProcess } from '../testbed/operator.ts';
import type { AwsCall } from '../testbed/proxy/aws-call.ts';
import { startAwsProxy, type AwsProxy } from '../testbed/proxy/aws.ts';
import { startKubernetesProxy, type KubernetesProxy } from '../testbed/proxy/kubernetes.ts';
import { latency } from '../testbed/proxy/latency.ts';
import { startStage, type Stage } from '../testbed/stage.ts';
import { accountManifests, linkManifests, namespaceManifest, type Fleet } from './fleet.ts';
import { LinkWatch } from './link-watch.ts';

interface RigOptions {
  readonly fleets: readonly Fleet[];
  /** Mean delay of each AWS call, spread evenly by up to half of it in both directions; none if 0. */
  readonly latencyMs: number;
  /** What to run. Left out: the bundle, or the sources if they are newer. */
  readonly program?: string;
}

export class Rig {
  readonly stage: Stage;
  /** Only the operator's calls to AWS. */
  readonly aws: AwsProxy;
  /** Only the operator's calls to the API server. */
  readonly kubernetes: KubernetesProxy;
  readonly watch: LinkWatch;
  readonly #options: RigOptions;

  constructor(stage: Stage, aws: AwsProxy, kubernetes: KubernetesProxy, options: RigOptions) {
    this.stage = stage;
    this.aws = aws;
    this.kubernetes = kubernetes;
    this.watch = new LinkWatch(stage.controlPlane);
    this.#options = options;
  }

  get emulatorUrl(): string {
    return this.stage.emulator.url;
  }

  startOperator(options: Partial<OperatorOptions> = {}): Promise<OperatorProcess> {
    const { program } = this.#options;
    return this.stage.operator({
      awsUrl: this.aws.url,
      kubernetesUrl: this.kubernetes.url,
      ...(program !== undefined && { program }),
      ...options,
    });
  }

  /** Registers the fleets' accounts and makes their namespaces. */
  async register(fleets: readonly Fleet[] = this.#options.fleets): Promise<void> {
    for (const fleet of fleets) await this.stage.apply(namespaceManifest(fleet));
    await this.stage.apply(accountManifests(fleets));
  }

  /** {@link register}, and waits until the operator has reached every account. */
  async registerAndConnect(): Promise<void> {
    await this.register();
    await this.stage.kubectl('wait', 'awsaccount', '--all', '--for=condition=Ready', '--timeout=60s');
  }

  /** `kubectl apply` for a fleet's links, this many at a time. */
  async apply(fleet: Fleet, chunk = 500): Promise<void> {
    for (let first = 0; first < fleet.links.length; first += chunk) {
      const links = fleet.links.slice(first, first + chunk);
      await this.stage.apply(linkManifests({ ...fleet, links }));
    }
  }

  /** When the operator's last call to AWS ended; infinite while one is under way. Polls of a queue do not count. */
  get lastCallAt(): number {
    const last = this.aws.calls.all.findLast(({ call }) => call.service !== 'sqs');
    return last === undefined ? 0 : (last.endedAt ?? Number.POSITIVE_INFINITY);
  }

  /** Waits until the operator has neither called AWS nor written to the API server for a while. */
  async untilQuiet(quietMs = 1_000, deadlineMs = 120_000): Promise<void> {
    const look = () => {
      const written = this.kubernetes.calls.all.findLast(({ call }) => call.write);
      const writtenAt = written === undefined ? 0 : (written.endedAt ?? Number.POSITIVE_INFINITY);
      const quietForMs = performance.now() - Math.max(this.lastCallAt, writtenAt);
      if (quietForMs < quietMs) throw new Error('it did something just now');
    };
    await eventually('the operator to be quiet', look, { deadlineMs, everyMs: 100 });
  }

  /** Waits until each machine of the fleet was read since the log was cleared, and everything that follows from it is done. */
  async untilChecked({ links }: Fleet, deadlineMs = 120_000): Promise<void> {
    const look = () => {
      const read = new Set(this.aws.calls.matching(isMachineRead).map(({ call }) => machineOf(call)));
      const missing = links.filter(({ machineArn }) => !read.has(machineArn)).length;
      if (missing > 0) throw new Error(`${missing} machines were not read yet`);
    };
    await eventually(`a check of ${links.length} links`, look, { deadlineMs, everyMs: 100 });
    await this.untilQuiet();
  }

  clearCounts(): void {
    this.aws.calls.clear();
    this.kubernetes.calls.clear();
  }

  async stop(): Promise<void> {
    await this.watch.stop();
    await this.stage.stop();
    await Promise.all([this.aws.stop(), this.kubernetes.stop()]);
  }
}

/** Runs work on a rig of its own, and removes the rig afterwards, however the work ended. */
export async function withRig<Result>(
  options: RigOptions,
  work: (rig: Rig) => Promise<Result>,
): Promise<Result> {
  const rig = await startRig(options);
  try {
    return await work(rig);
  } finally {
    await rig.stop();
  }
}

export async function startRig(options: RigOptions): Promise<Rig> {
  const accounts = new Set(options.fleets.flatMap(({ sources, targets }) => [...sources, ...targets]));
  const stage = await startStage({ accounts: [...accounts] });
  const aws = await startAwsProxy(stage.emulator.url);
  const kubernetes = await startKubernetesProxy(stage.controlPlane);
  if (options.latencyMs > 0) aws.rules.add(latency(options.latencyMs));
  return new Rig(stage, aws, kubernetes, options);
}

function isMachineRead({ operation }: AwsCall): boolean {
  return operation === 'DescribeStateMachine';
}

export function machineOf({ parameters }: AwsCall): string | undefined {
  return parameters.get('stateMachineArn');
}
