/** AWS and the links' conditions as an operator makes them that meets the same specs for the first time. */
import { AWS_ACCOUNT } from '../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { objectAt, stringAt, type JsonObject } from '../../src/base/json.ts';
import { timestamp } from '../../src/kubernetes/metadata.ts';
import { Random } from '../random.ts';
import type { AwsModel } from './aws-model.ts';
import { KubernetesModel } from './kubernetes-model.ts';
import { EPOCH } from './life.ts';
import { Replicas } from './replicas.ts';
import { differences, restingState, type RestingState } from './resting-state.ts';
import { furnishNamespaces, SOURCE, TARGET } from './scenery.ts';
import type { Scheduler } from './scheduler.ts';
import { Weather } from './weather.ts';

/** AWS as no operator has ever touched it, and the time that passes there. */
export interface Untouched {
  readonly scheduler: Scheduler;
  readonly aws: AwsModel;
}

/** How long nothing may be written before a fresh operator is taken to be done. The second value is a drift check of every link:
 *  it is given that time only if a difference is left after the first. */
const QUIET_MS = [30_000, 6 * 60_000] as const;
/** How long it may take in all. */
const PATIENCE_MS = 4 * 3_600_000;

/** The final states of fresh operators, by everything that decides them: many histories lead to the same few objects. */
const COME_TO = new Map<string, RestingState>();
const MOST_COME_TO = 5_000;

/** What is compared with, and how. */
interface Comparison {
  readonly kubernetes: KubernetesModel;
  readonly untouched: Untouched;
  /** Whether the value at a path may be anything. */
  readonly isExcused: (path: string) => boolean;
  /** What is found after more rest: what somebody changed right after a snapshot of an account shows only in the next
   *  snapshot. */
  readonly laterOn: () => Promise<RestingState>;
}

/**
 * Lets a fresh operator meet the specs in `kubernetes` on an AWS that no operator has touched, and returns where the state that
 * was found differs from what it makes.
 */
export async function differencesToFresh(
  found: RestingState,
  { kubernetes, untouched, isExcused, laterOn }: Comparison,
): Promise<readonly string[]> {
  const accounts = kubernetes
    .all(AWS_ACCOUNT)
    .filter((object) => objectAt(object, 'metadata')['deletionTimestamp'] === undefined);
  const applied: Applied = {
    accounts: inOrderOfAge(accounts),
    links: inOrderOfAge(kubernetes.all(CROSS_ACCOUNT_LINK)),
  };
  const key = JSON.stringify([applied, contentOf(untouched.aws)]);
  const known = COME_TO.get(key);
  if (known !== undefined && differences(found, known, isExcused).length === 0) return [];
  const fresh = new FreshWorld(applied, untouched);
  let differing: readonly string[] = [];
  let wanted: RestingState = new Map();
  for (const quietMs of QUIET_MS) {
    wanted = await fresh.settle(quietMs);
    if (COME_TO.size >= MOST_COME_TO) COME_TO.clear();
    COME_TO.set(key, wanted);
    differing = differences(found, wanted, isExcused);
    if (differing.length === 0) break;
  }
  fresh.end();
  return differing.length === 0 ? differing : differences(await laterOn(), wanted, isExcused);
}

const ignore = () => undefined;

/** Objects as their manifests have them. */
interface Applied {
  readonly accounts: readonly JsonObject[];
  readonly links: readonly JsonObject[];
}

class FreshWorld {
  readonly #untouched: Untouched;
  readonly #kubernetes: KubernetesModel;
  readonly #replicas: Replicas;
  #wroteAtMs = 0;

  constructor({ accounts, links }: Applied, untouched: Untouched) {
    const { scheduler, aws } = untouched;
    this.#untouched = untouched;
    const kubernetes = new KubernetesModel(scheduler);
    this.#kubernetes = kubernetes;
    furnishNamespaces(kubernetes);
    for (const object of accounts) kubernetes.create(AWS_ACCOUNT, object);
    for (const object of links) kubernetes.create(CROSS_ACCOUNT_LINK, object);
    aws.onChange(() => (this.#wroteAtMs = scheduler.nowMs));
    kubernetes.onChange(({ plural }) => {
      if (plural === CROSS_ACCOUNT_LINK.plural) this.#wroteAtMs = scheduler.nowMs;
    });
    // The weather is the same in every such world: the outcome depends on the specs and on AWS alone.
    const random = new Random(1);
    const weather = new Weather(random, scheduler);
    this.#replicas = new Replicas({ count: 1, scheduler, random, weather, aws, kubernetes, onCall: ignore });
  }

  /** Lets time pass until nothing has been written for this long. */
  async settle(quietMs: number): Promise<RestingState> {
    const { scheduler, aws } = this.#untouched;
    do await scheduler.run(this.#wroteAtMs + quietMs);
    while (scheduler.nowMs < this.#wroteAtMs + quietMs && scheduler.nowMs < PATIENCE_MS);
    return restingState(aws, this.#kubernetes);
  }

  end(): void {
    this.#replicas.end();
  }
}

/** Manifests, without what the operator and the API server add. The order by age is the same in this world. */
function inOrderOfAge(objects: readonly JsonObject[]): readonly JsonObject[] {
  const times = [...new Set(objects.map(creationOf))].sort();
  return objects.map((object) => {
    const { namespace, name } = objectAt(object, 'metadata');
    const creationTimestamp = timestamp(EPOCH - 1_000 * (times.length - times.indexOf(creationOf(object))));
    return { metadata: { namespace, name, creationTimestamp }, spec: objectAt(object, 'spec') };
  });
}

function creationOf(object: JsonObject): string {
  return stringAt(objectAt(object, 'metadata'), 'creationTimestamp') ?? '';
}

/** Everything in an AWS that a fresh operator acts on. */
function contentOf(aws: AwsModel): readonly unknown[] {
  const roles = [SOURCE, TARGET].flatMap((accountId) => aws.roles(accountId));
  return [
    roles.map((role) => [{ ...role, trusted: [] }, aws.trustOf(role), [...role.inline], [...role.tags]]),
    [...aws.machines.values()].map(({ arn, roleArn, definition }) => [arn, roleArn, definition]),
  ];
}
