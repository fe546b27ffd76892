/** Another cluster whose operator works on the same AWS accounts, with a cluster ID of its own. Neither knows of the other. */
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { problemsAtRest } from './at-rest.ts';
import type { AwsModel } from './aws-model.ts';
import { changeCluster, endNamespaces } from './cluster-events.ts';
import type { Event } from './history.ts';
import { KubernetesModel } from './kubernetes-model.ts';
import { Laws, type Violation } from './laws.ts';
import type { Life } from './life.ts';
import { putClusterRight } from './put-right.ts';
import { Replicas } from './replicas.ts';
import { furnishCluster } from './scenery.ts';
import type { Scheduler } from './scheduler.ts';
import { Truth } from './truth.ts';
import type { Random } from '../random.ts';
import type { Weather } from './weather.ts';
import { NEIGHBOURS } from './whose.ts';

interface NeighbourParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly weather: Weather;
  readonly aws: AwsModel;
  readonly onCall: (life: Life, call: string) => void;
  readonly onViolation: (violation: Violation) => void;
  /** Called with each change of a link of this cluster; with undefined when the link is gone. */
  readonly onLink: (object: ReturnType<KubernetesModel['find']>) => void;
}

/** How long after its last object a namespace that is being deleted is gone. */
const NAMESPACE_ENDS_MS = 2_000;

export class Neighbour {
  readonly truth: Truth;
  readonly #scheduler: Scheduler;
  readonly #kubernetes: KubernetesModel;
  readonly #replicas: Replicas;

  constructor(parts: NeighbourParts) {
    const { scheduler, aws, onViolation, onLink } = parts;
    this.#scheduler = scheduler;
    this.#kubernetes = new KubernetesModel(scheduler);
    furnishCluster(this.#kubernetes);
    this.truth = new Truth(aws, this.#kubernetes);
    this.#kubernetes.onChange(({ plural }, _before, after) => {
      if (plural !== CROSS_ACCOUNT_LINK.plural) return;
      onLink(after);
      if (after === undefined) scheduler.after(NAMESPACE_ENDS_MS, () => endNamespaces(this.#kubernetes));
    });
    const { truth } = this;
    void new Laws({
      ...parts,
      aws,
      kubernetes: this.#kubernetes,
      truth,
      scheduler,
      onViolation,
      whose: NEIGHBOURS,
    });
    this.#replicas = new Replicas({
      ...parts,
      count: 1,
      kubernetes: this.#kubernetes,
      caller: NEIGHBOURS.caller,
      settings: { clusterId: NEIGHBOURS.clusterId },
    });
  }

  /** Does what people do there, or what happens to its operator. */
  happen(event: Event): void {
    if (event.do === 'crash') this.#replicas.doom(0, event, event.downMs);
    else if (event.do === 'cutWatches') this.#replicas.cutWatches(0, event.expired);
    else if (event.do === 'lagWatches') this.#replicas.lagWatches(0, event.byMs, event.forMs);
    else changeCluster(this.#kubernetes, event);
  }

  calm(): void {
    this.#replicas.calm();
  }

  putRight(): void {
    putClusterRight(this.#kubernetes);
  }

  problemsAtRest(): readonly Violation[] {
    return problemsAtRest(this.truth, this.#scheduler.nowMs);
  }

  end(): void {
    this.#replicas.end();
  }
}
