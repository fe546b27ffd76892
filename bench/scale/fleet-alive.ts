/** The whole operator in this process, on links that are made, edited and deleted, in simulated time: both servers are models,
 *  and AWS sets no pace. */
import { AWS_ACCOUNT } from '../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { Random } from '../../testbed/random.ts';
import { AwsModel } from '../../testbed/simulation/aws-model.ts';
import { KubernetesModel } from '../../testbed/simulation/kubernetes-model.ts';
import { Replicas } from '../../testbed/simulation/replicas.ts';
import { NAMESPACE } from '../../testbed/simulation/scenery.ts';
import { Scheduler } from '../../testbed/simulation/scheduler.ts';
import { Weather } from '../../testbed/simulation/weather.ts';
import {
  accountManifests,
  definitionOf,
  fleetOf,
  manifestOf,
  STATES_TRUST,
  type Fleet,
  type FleetLink,
} from '../fleet.ts';

/** The operator is to be measured, not AWS's quotas. */
const PACE = { burst: 1_000, perSecond: 1_000 };
const RATES = Object.fromEntries(
  ['iam', 'states:DescribeStateMachine', 'states:UpdateStateMachine', 'states:ListStateMachineAliases'].map(
    (quota) => [quota, PACE],
  ),
);
/** More links than there are, so that the limit refuses none. */
const MAX_LINKS = 100_000;

interface AliveShape {
  readonly links: number;
  readonly sources: number;
  readonly targets: number;
  readonly driftCheckInterval: string;
  readonly linksPerRole?: number;
  /** Whether AWS's real pace applies; otherwise there is none. */
  readonly atAwsPace?: boolean;
  /** Called for each call to AWS and to the API server, with the verb or operation and its object. */
  readonly onCall?: (call: string) => void;
}

export class FleetAlive {
  readonly #fleet: Fleet;
  readonly #scheduler: Scheduler;
  readonly #kubernetes: KubernetesModel;
  readonly #replicas: Replicas;

  /** Starts an operator on accounts with state machines and without links. Nothing happens until time passes. */
  constructor(shape: AliveShape) {
    const random = new Random(1);
    const scheduler = new Scheduler(random);
    const aws = new AwsModel(scheduler);
    this.#fleet = fleetOf({ ...shape, namespace: 'bench', prefix: 'link' });
    this.#scheduler = scheduler;
    this.#kubernetes = new KubernetesModel(scheduler);
    for (const { name, source, target, machineArn, executionRoleArn: roleArn } of this.#fleet.links) {
      aws.createRole('others', source, { name, path: '/bench/', trust: STATES_TRUST });
      aws.setMachine('others', machineArn, { roleArn, definition: definitionOf(name, target) });
    }
    this.#kubernetes.create(NAMESPACE, { metadata: { name: 'bench' } });
    for (const { spec, ...account } of Object(JSON.parse(accountManifests([this.#fleet]))).items) {
      const access = spec.access.map((entry: object) => ({ ...entry, maxLinks: MAX_LINKS }));
      this.#kubernetes.create(AWS_ACCOUNT, {
        ...account,
        spec: { ...spec, access, ...(shape.atAwsPace !== true && { rates: RATES }) },
      });
    }
    const weather = new Weather(random, scheduler);
    this.#replicas = new Replicas({
      count: 1,
      scheduler,
      random,
      weather,
      aws,
      kubernetes: this.#kubernetes,
      onCall: (_life, call) => shape.onCall?.(call),
    });
  }

  /** Simulated milliseconds since the start. */
  get nowMs(): number {
    return this.#scheduler.nowMs;
  }

  /** Lets this many milliseconds pass, or fewer if `isOver` is true before. */
  run(ms: number, isOver?: () => boolean): Promise<void> {
    return this.#scheduler.run(this.#scheduler.nowMs + ms, isOver);
  }

  /** Does something to one link after the other, this many milliseconds apart, until nothing more is due. */
  async each(what: 'make' | 'describe' | 'delete', apartMs: number): Promise<void> {
    for (const link of this.#fleet.links) {
      this.#do(what, link);
      await this.run(apartMs);
    }
  }

  #do(what: 'make' | 'describe' | 'delete', link: FleetLink): void {
    const name = { namespace: 'bench', name: link.name };
    const { targetRoleArn: arn } = link;
    if (what === 'make')
      this.#kubernetes.create(CROSS_ACCOUNT_LINK, Object(manifestOf(link, this.#fleet.shape)));
    else if (what === 'delete') this.#kubernetes.delete(CROSS_ACCOUNT_LINK, name);
    else
      this.#kubernetes.patch(CROSS_ACCOUNT_LINK, name, { spec: { targetRole: { arn, description: 'new' } } });
  }

  /** How many links there are, and how many of them are Ready. */
  count(): { readonly links: number; readonly ready: number } {
    const links = this.#kubernetes.all(CROSS_ACCOUNT_LINK);
    return { links: links.length, ready: links.filter(isReady).length };
  }

  /** Ends the operator: it does nothing any more. */
  end(): void {
    this.#replicas.end();
  }
}

/** Whether the status says Ready. Does not use the operator's own functions, whose calls may be counted. */
export function isReady(link: object): boolean {
  const conditions: unknown = Object(link).status?.conditions;
  return (
    Array.isArray(conditions) && conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  );
}
