/** Watches what the caller may see of the cluster: links, AWSAccounts, and Events about links. */
import { AWS_ACCOUNT, parseAWSAccount, type AWSAccount } from '../../api/awsaccount.ts';
import {
  CROSS_ACCOUNT_LINK,
  parseCrossAccountLink,
  type CrossAccountLink,
} from '../../api/crossaccountlink.ts';
import type { Clock } from '../../base/clock.ts';
import { isForbidden, isNotFound } from '../../kubernetes/api-error.ts';
import type { ResourceType } from '../../kubernetes/metadata.ts';
import type { SourceState } from '../model/contract.ts';
import { parseLinkEvent, type LinkEvent } from '../model/link-event.ts';
import { ConsoleWatch, type ReadingClient } from './console-watch.ts';
import { OperatorWatch } from './operator-watch.ts';

const EVENT: ResourceType = { group: '', version: 'v1', plural: 'events', kind: 'Event' };

interface SourcesOptions {
  readonly client: ReadingClient;
  readonly clock: Clock;
  /** The namespace to show if not all may be seen. */
  readonly namespace: string;
  /** Whether to show only that namespace in any case. */
  readonly only: boolean;
  /** Returns a sentence that no operator is working.
   *  @param looksAtLinks whether some link was reconciled */
  readonly operatorMissing?: (looksAtLinks: boolean) => Promise<string | undefined>;
}

/** Each is undefined if the caller may not list its kind. */
export interface Sources {
  readonly links: ConsoleWatch<CrossAccountLink>;
  readonly accounts: ConsoleWatch<AWSAccount> | undefined;
  /** Indexed as `link`, by `namespace/name`. */
  readonly events: ConsoleWatch<LinkEvent> | undefined;
  readonly operator: OperatorWatch;
  states(): readonly SourceState[];
}

/** Finds out what may be listed.
 *  @throws Error for people if no links may be, ApiError if the cluster does not answer */
export async function findSources(options: SourcesOptions): Promise<Sources> {
  const { client, clock, namespace, only } = options;
  const [linkScope, mayListAccounts, eventScope] = await Promise.all([
    scopeOf(CROSS_ACCOUNT_LINK, options),
    mayList(client, AWS_ACCOUNT),
    scopeOf(EVENT, options),
  ]);
  if (linkScope === undefined) throw new Error(nothingToSee(options));

  const links = new ConsoleWatch({
    client,
    clock,
    kind: 'links',
    resource: CROSS_ACCOUNT_LINK,
    parse: parseCrossAccountLink,
    ...linkScope,
  });
  const accounts = mayListAccounts
    ? new ConsoleWatch({ client, clock, kind: 'accounts', resource: AWS_ACCOUNT, parse: parseAWSAccount })
    : undefined;
  const events =
    eventScope === undefined
      ? undefined
      : new ConsoleWatch({
          client,
          clock,
          kind: 'events',
          resource: EVENT,
          parse: parseLinkEvent,
          fieldSelector: 'involvedObject.kind=CrossAccountLink',
          ...eventScope,
        });
  const operator = new OperatorWatch(clock, async () =>
    links.reflector.hasSynced ? { message: await options.operatorMissing?.(isLookedAt(links)) } : undefined,
  );
  events?.reflector.addIndex('link', ({ link }) => [link]);
  const narrowed = only
    ? `Only namespace ${namespace} is shown, as asked for.`
    : `You may not list links of all namespaces: only those of ${namespace} are shown.`;
  return {
    links,
    accounts,
    events,
    operator,
    states: () => [
      ...operator.states(),
      { ...(linkScope.namespace !== undefined && { message: narrowed }), ...links.state() },
      accounts?.state() ?? ACCOUNTS_REFUSED,
      events?.state() ?? EVENTS_REFUSED,
    ],
  };
}

const ACCOUNTS_REFUSED: SourceState = {
  kind: 'accounts',
  state: 'refused',
  message: 'You may not list AWSAccounts: their names, connection and last checks are not shown.',
};

const EVENTS_REFUSED: SourceState = {
  kind: 'events',
  state: 'refused',
  message: 'You may not list Events: those of links are not shown.',
};

function nothingToSee({ namespace, only }: SourcesOptions): string {
  const where = only ? `in namespace ${namespace}` : `in all namespaces, nor in ${namespace}`;
  return `you may not list CrossAccountLinks ${where}: ask for get, list and watch on them, or name a namespace with -n`;
}

function isLookedAt({ reflector }: ConsoleWatch<CrossAccountLink>): boolean {
  // The API server's default is -1.
  return [...reflector.cache.values()].some(({ status }) => (status.observedGeneration ?? -1) >= 0);
}

/** All namespaces, or the one; undefined if neither may be listed. */
async function scopeOf(
  resource: ResourceType,
  { client, namespace, only }: SourcesOptions,
): Promise<{ readonly namespace?: string } | undefined> {
  if (!only && (await mayList(client, resource))) return {};
  return (await mayList(client, resource, namespace)) ? { namespace } : undefined;
}

async function mayList(client: ReadingClient, resource: ResourceType, namespace?: string): Promise<boolean> {
  try {
    await client.list(resource, { limit: 1, namespace });
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    if (!isNotFound(error)) throw error;
    throw new Error(`the cluster knows no ${resource.plural}: are the CRDs installed?`, { cause: error });
  }
}
