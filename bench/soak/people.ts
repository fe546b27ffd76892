/** Acts at random on links at random, a given number of times a second, and records what the links should be like afterwards. */
import { setTimeout as pause } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../src/kubernetes/client.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Connection } from '../../src/kubernetes/connection.ts';
import { awsClients, type AwsClients } from '../../testbed/aws-clients.ts';
import type { Fleet, FleetLink } from '../fleet.ts';
import type { Rig } from '../rig.ts';
import { ACTS, type Act } from './acts.ts';
import type { Random } from '../../testbed/random.ts';
import { newlyMade, type Wanted } from './wanted.ts';

/** Fewer than the operator takes for a fight (src/controllers/state/repair-backoff.ts), within the time for which it remembers
 *  changes. */
const DRIFTS_OF_AN_OBJECT = 2;
const REMEMBERED_MS = 660_000;

export class People {
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** How often each act was done. */
  readonly done = new Map<string, number>();
  /** How often acts came too late or too early, such as a change of a role that was just deleted, by error. */
  readonly missed = new Map<string, number>();
  readonly #rig: Rig;
  readonly #fleet: Fleet;
  readonly #random: Random;
  readonly #connection: Connection;
  readonly #kubernetes: KubernetesClient;
  readonly #clients = new Map<string, AwsClients>();
  readonly #drifts = new Map<string, number[]>();

  constructor(rig: Rig, fleet: Fleet, random: Random) {
    this.#rig = rig;
    this.#fleet = fleet;
    this.#random = random;
    this.wanted = new Map(fleet.links.map(({ name }) => [name, newlyMade()]));
    const config = new KubeConfig();
    config.loadFromFile(rig.stage.controlPlane.adminKubeconfig);
    this.#connection = new Connection(config);
    this.#kubernetes = new KubernetesClient({
      connection: this.#connection,
      clock: systemClock,
      userAgent: 'crossaccountlink-soak',
    });
  }

  /** Acts until the time is over. The acts of one second are done one after the other. */
  async actUntil(endsAt: number, perSecond: number): Promise<void> {
    while (performance.now() < endsAt) {
      const secondEndsAt = performance.now() + 1_000;
      for (let acts = 0; acts < perSecond && performance.now() < endsAt; acts += 1) await this.#act();
      await pause(Math.max(0, secondEndsAt - performance.now()));
    }
  }

  async close(): Promise<void> {
    for (const { iam, sfn } of this.#clients.values()) {
      iam.destroy();
      sfn.destroy();
    }
    await this.#connection.close();
  }

  async #act(): Promise<void> {
    const link = this.#random.pick(this.#fleet.links);
    const wanted = this.wanted.get(link.name) ?? newlyMade();
    const fitting = Object.entries(ACTS).filter(
      ([, act]) => wanted.present === (act.absent === undefined) && this.#isPeaceful(link, act),
    );
    const weighted = fitting.flatMap(([name, act]) =>
      Array.from({ length: act.weight }, () => ({ name, act })),
    );
    const { name, act } = this.#random.pick(weighted);
    try {
      await act.run({
        link,
        wanted,
        namespace: this.#fleet.shape.namespace,
        source: this.#clientsOf(link.source),
        target: this.#clientsOf(link.target),
        kubernetes: this.#kubernetes,
        fresh: `t${Math.floor(this.#random.next() * 1e9)}`,
        apply: () => this.#rig.apply({ ...this.#fleet, links: [link] }),
      });
      count(this.done, name);
    } catch (error) {
      count(this.missed, error instanceof Error ? error.name : String(error));
    }
    if (act.drifts !== undefined) this.#drifts.get(`${act.drifts} ${link.name}`)?.push(performance.now());
  }

  /** Whether the act does not yet count as part of a fight. */
  #isPeaceful({ name }: FleetLink, { drifts }: Act): boolean {
    if (drifts === undefined) return true;
    return this.#recent(`${drifts} ${name}`).length < DRIFTS_OF_AN_OBJECT;
  }

  #recent(object: string): number[] {
    const since = performance.now() - REMEMBERED_MS;
    const recent = (this.#drifts.get(object) ?? []).filter((at) => at > since);
    this.#drifts.set(object, recent);
    return recent;
  }

  #clientsOf(account: string): AwsClients {
    const clients = this.#clients.get(account) ?? awsClients(this.#rig.emulatorUrl, account);
    this.#clients.set(account, clients);
    return clients;
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
