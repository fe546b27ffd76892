/**
 * The whole operator in this process, on any number of links in sync, which take no memory except its own. Time is simulated:
 * what the operator waits for is counted exactly, whatever else the machine does, and its own work takes no time at all.
 */
import { pino } from 'pino';
import { AWS_ACCOUNT } from '../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import type { Rate } from '../../src/aws/pace/quotas.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { Operator } from '../../src/operator.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { CLUSTER_ID } from '../../testbed/operator.ts';
import { Random } from '../../testbed/random.ts';
import { KubernetesModel } from '../../testbed/simulation/kubernetes-model.ts';
import { Life } from '../../testbed/simulation/life.ts';
import { SETTINGS as ORDINARY } from '../../testbed/simulation/replicas.ts';
import { NAMESPACE } from '../../testbed/simulation/scenery.ts';
import { Scheduler } from '../../testbed/simulation/scheduler.ts';
import { accountManifests, firstOf, fleetOf, manifestOf, type Fleet } from '../fleet.ts';
import { isReady } from './fleet-alive.ts';
import { FleetAws } from './fleet-aws.ts';
import { FleetCluster } from './fleet-cluster.ts';
import { Wire } from './wire.ts';

const FIRST_LINK_WITHIN_MS = 60_000;
const SETTINGS = {
  ...ORDINARY,
  clusterId: CLUSTER_ID,
  leaderElect: false,
  propagationPauseMs: 0,
  workers: 10,
} as const;

export interface InMemoryShape {
  readonly links: number;
  /** How many source accounts there are, and how many target accounts. */
  readonly accounts: number;
  readonly driftCheckInterval: string;
  /** For each account; AWS's own unless given. */
  readonly machineReadRate?: Rate;
}

export class FleetInMemory {
  readonly metrics = new Metrics();
  readonly #scheduler = new Scheduler(new Random(1));
  readonly #life = new Life('1', 0, this.#scheduler, () => undefined);
  readonly #wire = new Wire(this.#scheduler, this.#life);
  readonly #model = new KubernetesModel(this.#scheduler);
  readonly #fleet: Fleet;
  readonly #aws: FleetAws;

  /** @param first the fleet's first link in sync, as JSON, from which all others are made; left out, there is only this link, and
   *  no operator has seen it yet */
  private constructor(fleet: Fleet, first?: string) {
    this.#fleet = fleet;
    this.#aws = new FleetAws(fleet, this.#wire, this.#scheduler);
    this.#furnish(first === undefined);
    this.#start(new FleetCluster({ model: this.#model, wire: this.#wire, fleet, first }));
  }

  /** Starts an operator on this many links, all of them in sync. Nothing happens until {@link run}. */
  static async of({ accounts, ...shape }: InMemoryShape): Promise<FleetInMemory> {
    const fleet = fleetOf({
      ...shape,
      sources: accounts,
      targets: accounts,
      namespace: 'bench',
      prefix: 'link',
    });
    return new FleetInMemory(fleet, JSON.stringify(await firstLinkInSync(new FleetInMemory(fleet))));
  }

  /** How many state machines were read. */
  get read(): number {
    return this.#aws.read.size;
  }

  /** How often AWS and the API server were called, by name. */
  get calls(): ReadonlyMap<string, number> {
    return this.#wire.calls;
  }

  /** Simulated milliseconds since the start. */
  get nowMs(): number {
    return this.#scheduler.nowMs;
  }

  /** Lets this many milliseconds pass, or fewer if `isOver` is true before. */
  run(ms: number, isOver?: () => boolean): Promise<void> {
    return this.#scheduler.run(this.nowMs + ms, isOver);
  }

  /** Ends the operator: it does nothing any more. */
  end(): void {
    this.#life.end();
  }

  /** The first link as it is now, if it is the only one. */
  firstLink(): JsonObject | undefined {
    const { name } = firstOf(this.#fleet);
    return this.#model.find(CROSS_ACCOUNT_LINK, { namespace: 'bench', name });
  }

  #furnish(withFirstLink: boolean): void {
    this.#model.create(NAMESPACE, { metadata: { name: 'bench' } });
    const { items } = Object(JSON.parse(accountManifests([this.#fleet])));
    for (const account of items) this.#model.create(AWS_ACCOUNT, account);
    if (!withFirstLink) return;
    this.#model.create(CROSS_ACCOUNT_LINK, Object(manifestOf(firstOf(this.#fleet), this.#fleet.shape)));
  }

  #start(client: FleetCluster): void {
    const operator = new Operator({
      settings: SETTINGS,
      log: pino({ level: 'silent' }),
      metrics: this.metrics,
      client,
      sessions: () => this.#aws,
      clock: this.#life.clock,
      random: new Random(2).next,
      host: 'host',
      identity: 'host_1',
      onLeadershipLost: () => this.end(),
    });
    void operator.start();
  }
}

async function firstLinkInSync(alone: FleetInMemory): Promise<JsonObject> {
  await alone.run(FIRST_LINK_WITHIN_MS, () => isReady(alone.firstLink() ?? {}));
  alone.end();
  const link = alone.firstLink();
  if (link === undefined || !isReady(link))
    throw new Error(`the first link is not in sync: ${JSON.stringify(link)}`);
  return link;
}
