/** What the operator watches in the cluster: links, accounts, and the namespaces by which rules apply. */
import type { Logger } from 'pino';
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from './api/awsaccount.ts';
import { logFailure } from './api/crd-advice.ts';
import { CROSS_ACCOUNT_LINK } from './api/crossaccountlink.ts';
import { FINALIZER } from './api/metadata.ts';
import {
  isMissed,
  isGone,
  keptAnnotations,
  LINK_INDEXES,
  parseLinkObject,
  type LinkObject,
} from './controllers/state/link-object.ts';
import { sleep, type Clock } from './base/clock.ts';
import { objectAt } from './base/json.ts';
import type { KubernetesApi } from './kubernetes/client.ts';
import {
  newerVersion,
  parseMetadata,
  type KubernetesObject,
  type ResourceType,
} from './kubernetes/metadata.ts';
import { Removals } from './kubernetes/removals.ts';
import { Reflector, type ReflectorOptions } from './kubernetes/reflector.ts';
import type { Watched } from './telemetry/watches.ts';

const NAMESPACE: ResourceType = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' };

interface WatchesParts {
  readonly client: Pick<KubernetesApi, 'list' | 'watch'>;
  readonly log: Logger;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
}

export class Watches {
  readonly links: Reflector<LinkObject>;
  readonly accounts: Reflector<AWSAccount>;
  readonly namespaces: Reflector<KubernetesObject>;
  /** Links that the API server removed although they had the finalizer. */
  readonly removals: Removals;
  readonly #clock: Clock;

  constructor(parts: WatchesParts) {
    this.#clock = parts.clock;
    const removals = new Removals({
      resource: CROSS_ACCOUNT_LINK,
      finalizer: FINALIZER,
      mayEnd: (object) => objectAt(object, 'spec')['suspend'] !== true,
      annotationsOf: keptAnnotations,
      wallMs: () => parts.clock.wallMs(),
      changed: (event) => this.links.heldChanged(event),
    });
    this.removals = removals;
    this.links = reflect(parts, CROSS_ACCOUNT_LINK, parseLinkObject, { isGone, isMissed, removals });
    this.accounts = reflect(parts, AWS_ACCOUNT, parseAWSAccount);
    this.namespaces = reflect(parts, NAMESPACE, parseNamespace);
    this.accounts.addIndex('accountId', ({ spec }) => [spec.accountID]);
    for (const [name, keysOf] of Object.entries(LINK_INDEXES)) this.links.addIndex(name, keysOf);
  }

  /** The watches with the names under which they are measured. */
  get named(): readonly Watched[] {
    return [
      { kind: 'links', watch: this.links },
      { kind: 'accounts', watch: this.accounts },
      { kind: 'namespaces', watch: this.namespaces },
    ];
  }

  /** Watches until the signal; each promise resolves when its watch has ended. */
  run(signal: AbortSignal): readonly Promise<void>[] {
    return [this.links, this.accounts, this.namespaces].map((reflector) => reflector.run(signal));
  }

  /** Resolves once every cache is as new as all the others, and as a resource version known from elsewhere. Before that a cache
   *  may be behind, and both what is in it and what is missing would mislead.
   *  @param version of the Lease that was just acquired: until then another process may have been at work */
  async untilAsNewAs(version: string | undefined): Promise<void> {
    const all = [this.links, this.accounts, this.namespaces];
    const newest = all.map((reflector) => reflector.newest).reduce(newerVersion, version ?? '0');
    const behind = all.filter((reflector) => newerVersion(reflector.newest, newest) !== reflector.newest);
    await Promise.all(behind.map((reflector) => reflector.refresh(newest)));
  }

  /** Resolves once every cache holds all there is. */
  async untilSynced(): Promise<void> {
    while (![this.links, this.accounts, this.namespaces].every(({ hasSynced }) => hasSynced)) {
      await sleep(this.#clock, 20);
    }
  }
}

/** Of a namespace only the labels count. */
function parseNamespace(value: unknown): KubernetesObject {
  return { metadata: { ...parseMetadata(value), annotations: {} } };
}

function reflect<T extends KubernetesObject>(
  { client, log, clock, random }: WatchesParts,
  resource: ResourceType,
  parse: (value: unknown) => T,
  more: Pick<ReflectorOptions<T>, 'isGone' | 'isMissed' | 'removals'> = {},
): Reflector<T> {
  return new Reflector<T>({
    client,
    resource,
    parse,
    ...more,
    clock,
    random,
    onRefused: (key, error) =>
      log.error({ kind: resource.kind, key, error: String(error) }, 'an object cannot be read'),
    onError: (error) => {
      const facts = { kind: resource.kind, error: String(error) };
      logFailure(log, error, facts, 'the watch broke off; it begins again');
    },
  });
}
