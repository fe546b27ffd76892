/** Sees by a watch when links become Ready: polling with kubectl would take processor time from what is measured. */
import { KubeConfig } from '@kubernetes/client-node';
import { findCondition } from '../src/api/conditions.ts';
import {
  CROSS_ACCOUNT_LINK,
  parseCrossAccountLink,
  type CrossAccountLink,
} from '../src/api/crossaccountlink.ts';
import { KubernetesClient } from '../src/kubernetes/client.ts';
import { systemClock } from '../src/base/clock.ts';
import { Connection } from '../src/kubernetes/connection.ts';
import { keyOf } from '../src/kubernetes/metadata.ts';
import { Reflector } from '../src/kubernetes/reflector.ts';
import type { SharedControlPlane } from '../testbed/control-plane.ts';
import { eventually } from '../testbed/eventually.ts';
import type { Fleet } from './fleet.ts';

export class LinkWatch {
  readonly #connection: Connection;
  readonly #links: Reflector<CrossAccountLink>;
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  /** Keys of links that are Ready for their latest spec. */
  readonly #ready = new Set<string>();
  #fellBack = 0;

  constructor(controlPlane: SharedControlPlane) {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane.adminKubeconfig);
    this.#connection = new Connection(config);
    const client = new KubernetesClient({
      connection: this.#connection,
      clock: systemClock,
      userAgent: 'crossaccountlink-bench',
    });
    this.#links = new Reflector({
      client,
      resource: CROSS_ACCOUNT_LINK,
      parse: parseCrossAccountLink,
      clock: systemClock,
    });
    this.#links.onChange((change) => {
      if (change.kind === 'updated' && isReported(change.old) && !isReported(change.object))
        this.#fellBack += 1;
      if (change.kind === 'deleted' || !isReady(change.object)) {
        this.#ready.delete(keyOf((change.kind === 'deleted' ? change.old : change.object).metadata));
      } else this.#ready.add(keyOf(change.object.metadata));
    });
    this.#watching = this.#links.run(this.#stopping.signal);
  }

  /** How often a link that was Ready stopped being so. */
  get fellBack(): number {
    return this.#fellBack;
  }

  /** Waits until every link of the fleet is Ready. */
  async untilReady({ links, shape }: Fleet, deadlineMs = 300_000): Promise<void> {
    const keys = links.map(({ name }) => `${shape.namespace}/${name}`);
    const look = () => {
      const missing = keys.filter((key) => !this.#ready.has(key));
      if (missing.length > 0) throw new Error(`${missing.length} are not, ${missing[0]} among them`);
    };
    await eventually(`${keys.length} links to be Ready`, look, { deadlineMs, everyMs: 10 });
  }

  /** How many links of a fleet are Ready now. */
  readyIn({ shape }: Fleet): number {
    return [...this.#ready].filter((key) => key.startsWith(`${shape.namespace}/`)).length;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    this.#connection.close();
  }
}

function isReady(link: CrossAccountLink): boolean {
  return link.status.observedGeneration === link.metadata.generation && isReported(link);
}

/** Whether the status says Ready, even for an earlier spec. */
function isReported({ status }: CrossAccountLink): boolean {
  return findCondition(status.conditions, 'Ready')?.status === 'True';
}
