/** The operator's processes: started, crashed, started again. Each is the whole operator, on the models. */
import { pino, type Logger } from 'pino';
import { Operator } from '../../src/operator.ts';
import type { Settings } from '../../src/settings.ts';
import type { AwsModel, Caller } from './aws-model.ts';
import { SimulatedSessions } from './aws-sessions.ts';
import { SimulatedKubernetes } from './kubernetes-client.ts';
import type { KubernetesModel } from './kubernetes-model.ts';
import { Life, type Doom } from './life.ts';
import { quietMetrics } from './quiet-metrics.ts';
import type { Random } from '../random.ts';
import { CLUSTER_ID } from './scenery.ts';
import type { Scheduler } from './scheduler.ts';
import type { Weather } from './weather.ts';

/** The settings of an operator in a simulated world, unless its world says otherwise. */
export const SETTINGS: Settings = {
  clusterId: CLUSTER_ID,
  namespace: 'crossaccountlink',
  leaderElect: true,
  claimNamespace: '',
  propagationPauseMs: 10_000,
  deletionPatienceMs: 3_600_000,
  driftCheckMs: 300_000,
  gracePeriodMs: 20_000,
  watchSilenceMs: 300_000,
  logLevel: 'silent',
  metricsAddress: '',
  workers: 4,
  linkMetricsLimit: 0,
};

const SILENT: Logger = pino({ level: 'silent' });

export interface ReplicasParts {
  readonly count: number;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly weather: Weather;
  readonly aws: AwsModel;
  readonly kubernetes: KubernetesModel;
  readonly onCall: (life: Life, call: string) => void;
  /** Called for each call right before it takes effect. */
  readonly beforeEffect?: (call: string) => void;
  readonly log?: Logger;
  /** What differs from {@link SETTINGS}. */
  readonly settings?: Partial<Settings>;
  /** The caller as which AWS knows them; the operator when left out. */
  readonly caller?: Caller;
}

/** The identity under which a process holds the Lease. */
export function identityOf({ replica, id }: Life): string {
  return `host-${replica}_${id}`;
}

interface Process {
  readonly life: Life;
  readonly client: SimulatedKubernetes;
}

export class Replicas {
  readonly #parts: ReplicasParts;
  readonly #processes = new Map<number, Process>();
  /** How long a replica that dies is down. */
  readonly #downMs = new Map<number, number>();
  /** How far a replica's wall clock is ahead. */
  readonly #skewMs = new Map<number, number>();
  /** Processes started so far. */
  started = 0;

  constructor(parts: ReplicasParts) {
    this.#parts = parts;
    for (let replica = 0; replica < parts.count; replica += 1) this.#start(replica);
  }

  /** Ends a replica's process at the call that `doom` names. */
  doom(replica: number, doom: Doom, downMs: number): void {
    const life = this.#processes.get(replica)?.life;
    this.#downMs.set(replica, downMs);
    if (life !== undefined) life.doom = { ...doom };
  }

  skewClock(replica: number, byMs: number): void {
    this.#skewMs.set(replica, byMs);
    const life = this.#processes.get(replica)?.life;
    if (life !== undefined) life.skewMs = byMs;
  }

  freeze(replica: number, forMs: number): void {
    this.#processes.get(replica)?.life.freeze(forMs);
  }

  suspendHost(replica: number, forMs: number): void {
    this.#processes.get(replica)?.life.suspend(forMs);
  }

  /** In how many milliseconds all of them are awake. */
  get wakeAfterMs(): number {
    return Math.max(0, ...[...this.#processes.values()].map(({ life }) => life.frozenMs));
  }

  cutWatches(replica: number, expired: boolean): void {
    this.#processes.get(replica)?.client.cutWatches(expired);
  }

  /** Cuts all watches, as an API server does when it starts again. */
  cutAllWatches(): void {
    for (const { client } of this.#processes.values()) client.cutWatches(false);
  }

  cutLists(replica: number, expired: boolean): void {
    this.#processes.get(replica)?.client.cutLists(expired);
  }

  lagWatches(replica: number, byMs: number, forMs: number): void {
    this.#processes.get(replica)?.client.lag(byMs, forMs);
  }

  /** From now on nobody dies, and watches deliver at once. */
  calm(): void {
    for (const { life, client } of this.#processes.values()) {
      life.doom = undefined;
      client.lag(0, 0);
    }
  }

  /** Ends all processes for good. */
  end(): void {
    for (const { life } of this.#processes.values()) life.end();
    this.#processes.clear();
  }

  #start(replica: number): void {
    const { scheduler, random, weather, aws, kubernetes, onCall, count } = this.#parts;
    const beforeEffect = this.#parts.beforeEffect ?? (() => undefined);
    this.started += 1;
    const life = new Life(`${replica}.${this.started}`, replica, scheduler, () => this.#ended(life));
    life.skewMs = this.#skewMs.get(replica) ?? 0;
    const client = new SimulatedKubernetes({
      model: kubernetes,
      life,
      scheduler,
      weather,
      onCall,
      beforeEffect,
    });
    this.#processes.set(replica, { life, client });
    const operator = new Operator({
      // A single process that starts again leads at once: otherwise it would wait for its own lease to run out.
      settings: { ...SETTINGS, ...this.#parts.settings, leaderElect: count > 1 },
      log: this.#parts.log ?? SILENT,
      metrics: quietMetrics,
      client,
      sessions: (mayWrite) =>
        new SimulatedSessions({
          model: aws,
          life,
          scheduler,
          weather,
          mayWrite,
          onCall,
          beforeEffect,
          caller: this.#parts.caller ?? 'operator',
        }),
      clock: life.clock,
      random: random.next,
      host: `host-${replica}`,
      identity: identityOf(life),
      onLeadershipLost: () => life.end(),
    });
    void operator.start();
  }

  #ended(life: Life): void {
    if (this.#processes.get(life.replica)?.life !== life) return;
    this.#parts.scheduler.after(this.#downMs.get(life.replica) ?? 1_000, () => {
      if (this.#processes.get(life.replica)?.life === life) this.#start(life.replica);
    });
  }
}
