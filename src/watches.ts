/** What the operator watches in the cluster: links, accounts and the namespaces that they are allowed by. */
import type { Logger } from 'pino';
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from './api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from './api/crossaccountlink.ts';
import { LINK_INDEXES, parseLinkObject, type LinkObject } from './controllers/state/link-object.ts';
import type { KubernetesClient } from './kubernetes/client.ts';
import { systemClock } from './base/clock.ts';
import { parseMetadata, type KubernetesObject, type ResourceType } from './kubernetes/metadata.ts';
import { Reflector } from './kubernetes/reflector.ts';
import type { Watched } from './telemetry/watches.ts';

const NAMESPACE: ResourceType = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' };

export class Watches {
  readonly links: Reflector<LinkObject>;
  readonly accounts: Reflector<AWSAccount>;
  readonly namespaces: Reflector<KubernetesObject>;

  constructor(client: KubernetesClient, log: Logger) {
    this.links = reflect(client, log, CROSS_ACCOUNT_LINK, parseLinkObject);
    this.accounts = reflect(client, log, AWS_ACCOUNT, parseAWSAccount);
    this.namespaces = reflect(client, log, NAMESPACE, (value) => ({ metadata: parseMetadata(value) }));
    this.accounts.addIndex('accountId', ({ spec }) => [spec.accountID]);
    for (const [name, keysOf] of Object.entries(LINK_INDEXES)) this.links.addIndex(name, keysOf);
  }

  /** By the names under which they are measured. */
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

  /** Resolves once every cache holds all there is. */
  async untilSynced(): Promise<void> {
    while (![this.links, this.accounts, this.namespaces].every(({ hasSynced }) => hasSynced)) {
      await new Promise((resolve) => systemClock.after(20, () => resolve(undefined)));
    }
  }
}

function reflect<T extends KubernetesObject>(
  client: KubernetesClient,
  log: Logger,
  resource: ResourceType,
  parse: (value: unknown) => T,
): Reflector<T> {
  return new Reflector<T>({
    client,
    resource,
    parse,
    clock: systemClock,
    onRefused: (key, error) =>
      log.error({ kind: resource.kind, key, error: String(error) }, 'an object cannot be read'),
    onError: (error) =>
      log.warn({ kind: resource.kind, error: String(error) }, 'the watch broke off; it begins again'),
  });
}
