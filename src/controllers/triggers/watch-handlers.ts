/** What brings a link or an account to its queue: changes of links, accounts and namespaces. */
import { isDeepStrictEqual } from 'node:util';
import type { AWSAccount } from '../../api/awsaccount.ts';
import { findCondition } from '../../api/conditions.ts';
import { ANNOTATIONS, FINALIZER } from '../../api/metadata.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Clock } from '../../base/clock.ts';
import { keyOf, type KubernetesObject, type ObjectMeta } from '../../kubernetes/metadata.ts';
import type { Origin, Reflector } from '../../kubernetes/reflector.ts';
import type { Change } from '../../kubernetes/store.ts';
import { priority, type WorkQueue } from '../../kubernetes/work-queue.ts';
import { accountsOf, LINK_INDEXES, type LinkIndex, type LinkObject } from '../state/link-object.ts';
import { hasWritten } from '../state/on-record.ts';
import type { RoleNames } from '../state/role-names.ts';
import { LinkRequeue, type Some } from './link-requeue.ts';

/** Many links may come at once. An account that already has its finalizer counts them at intervals, not one by one. */
const COUNT_LINKS_AFTER_MS = 5_000;

type Watched<T extends KubernetesObject> = Pick<Reflector<T>, 'cache' | 'onChange'>;

interface WatchHandlersParts {
  readonly links: Watched<LinkObject>;
  readonly accounts: Watched<AWSAccount>;
  readonly namespaces: Watched<KubernetesObject>;
  readonly linkQueue: Pick<WorkQueue, 'add'>;
  readonly accountQueue: Pick<WorkQueue, 'add' | 'addAfter'>;
  readonly clock: Pick<Clock, 'after'>;
  /** Called when a link comes or goes; without a change if a list shows what came and went. */
  readonly linksChanged: (change?: Change<LinkObject>) => void;
  /** Called when a link is gone from the cache. */
  readonly forget: (object: LinkObject) => void;
  readonly roleNames: Pick<RoleNames, 'concerned'>;
  /** Whether this process has written to AWS for the link. */
  readonly wroteFor: (uid: string) => boolean;
  /** Called when an AWSAccount is gone. */
  readonly accountRemoved: (account: AWSAccount) => void;
}

export class WatchHandlers {
  readonly #parts: WatchHandlersParts;
  readonly #requeue: LinkRequeue;
  /** Links that a freed name concerns. */
  readonly #nextForName: Some;

  /** Listens from now on. */
  constructor(parts: WatchHandlersParts) {
    this.#parts = parts;
    const { links, accounts, namespaces, linkQueue: queue, clock, roleNames } = parts;
    this.#requeue = new LinkRequeue({ links: links.cache, queue, clock });
    this.#nextForName = { name: 'next', of: (wanting) => roleNames.concerned(wanting) };
    links.onChange((change, origin) => this.#linkChanged(change, origin));
    accounts.onChange((change, origin) => this.#accountChanged(change, origin));
    namespaces.onChange((change) => this.#namespaceChanged(change));
  }

  /** Brings the links that an index finds back to the queue. If they are many, this takes several turns of the event loop. */
  enqueueLinksBy(index: LinkIndex, key: string): void {
    this.#requeue.requeue(index, key);
  }

  /** A link is reconciled when its spec, annotations or deletion change; when its status changes, only if somebody emptied it or
   *  put it back. */
  #linkChanged(change: Change<LinkObject>, origin: Origin): void {
    if (change.kind !== 'updated') {
      this.#parts.linksChanged(origin === 'watch' ? change : undefined);
      this.#countLinks(change.kind === 'added' ? change.object : change.old);
    }
    if (change.kind === 'updated' && !this.#isNews(change.old, change.object)) return;
    if (change.kind === 'deleted') this.#linkGone(change.old);
    if (change.kind === 'updated') this.#makesRoom(change.object);
    const { metadata, link } = change.kind === 'deleted' ? change.old : change.object;
    this.#parts.linkQueue.add(keyOf(metadata), urgency(origin));
    // A deletion may wait for this change, such as another link being resumed.
    for (const accountId of accountsOf(link)) this.#requeue.requeueAfterRest('deleting', accountId);
  }

  #isNews(before: LinkObject, after: LinkObject): boolean {
    return matters(before, after) || losesStatus(before, after) || this.#regainsRecord(before, after);
  }

  /** A restore puts back a status after its object. By then a suspended or refused link was looked at as one for which nothing
   *  was written, and would not be again: what it shares would stay unknown, and hold up each removal in its account. */
  #regainsRecord(before: LinkObject, after: LinkObject): boolean {
    return !hasWritten(before) && hasWritten(after) && !this.#parts.wroteFor(after.metadata.uid);
  }

  #accountChanged(change: Change<AWSAccount>, origin: Origin): void {
    if (change.kind === 'deleted') this.#parts.accountRemoved(change.old);
    if (change.kind === 'updated' && !matters(change.old, change.object)) return;
    const { metadata, spec } = change.kind === 'deleted' ? change.old : change.object;
    this.#parts.accountQueue.add(keyOf(metadata), urgency(origin));
    // When an AWSAccount comes, goes or is being deleted, another one of the same ID may come to speak for the account.
    for (const other of this.#parts.accounts.cache.byIndex('accountId', spec.accountID))
      if (other.metadata.name !== metadata.name)
        this.#parts.accountQueue.add(keyOf(other.metadata), urgency(origin));
  }

  /** A link may be seen before its namespace is, when no selector admits it yet. */
  #namespaceChanged(change: Change<KubernetesObject>): void {
    if (change.kind === 'deleted') return;
    if (change.kind === 'updated' && sameLabels(change.old, change.object)) return;
    this.enqueueLinksBy('namespace', change.object.metadata.name);
  }

  /** The first link of an account has the account's finalizer added, the last one removed, both at once: a person who deletes
   *  the links may uninstall the operator next. Others only change the number of links. */
  #countLinks({ link }: LinkObject): void {
    const { accounts, accountQueue, links } = this.#parts;
    const ids = accountsOf(link).toReversed();
    for (const { metadata, spec } of ids.flatMap((id) => accounts.cache.byIndex('accountId', id))) {
      const isUsed = links.cache.byIndex('account', spec.accountID).length > 0;
      const mayWait =
        isUsed && metadata.finalizers.includes(FINALIZER) && metadata.deletionTimestamp === undefined;
      accountQueue.addAfter(metadata.name, mayWait ? COUNT_LINKS_AFTER_MS : 0);
    }
  }

  /** A link that asks for something else may leave a Task or the description to a younger link, or room in a policy. */
  #makesRoom({ link }: LinkObject): void {
    this.#requeue.requeueAfterRest('stateMachine', link.stateMachine.text, GIVING_WAY);
    this.#requeue.requeueAfterRest('targetRole', link.targetRole.text, GIVING_WAY);
  }

  /** A link that is gone may leave to others a Task, the name of its role (at whatever path), a place below `maxLinks`, or room
   *  in the grant of an execution role that several machines use. */
  #linkGone(object: LinkObject): void {
    const { link } = object;
    this.#parts.forget(object);
    this.#requeue.requeueAfterRest('stateMachine', link.stateMachine.text);
    for (const name of LINK_INDEXES.targetRoleName(object))
      this.#requeue.requeueAfterRest('targetRoleName', name, this.#nextForName);
    for (const accountId of accountsOf(link)) this.#requeue.requeueAfterRest('awaitsRoom', accountId);
  }
}

interface WithSpec extends KubernetesObject {
  readonly spec: unknown;
}

/** Whether a person or a tool made the change: of spec, annotations or deletion, or by removing a finalizer. Adding the
 *  finalizer is the operator's own change, and would have each new link reconciled twice. A restored API server counts generations
 *  a second time: another spec may come with the same one. */
function matters(before: WithSpec, after: WithSpec): boolean {
  const [a, b] = [before.metadata, after.metadata];
  return (
    a.generation !== b.generation ||
    !isDeepStrictEqual(before.spec, after.spec) ||
    a.deletionTimestamp !== b.deletionTimestamp ||
    annotationsOf(a) !== annotationsOf(b) ||
    a.finalizers.some((name) => !b.finalizers.includes(name))
  );
}

/** Until the next check, a day later perhaps, it would look as if nobody had ever seen the link. */
function losesStatus(before: LinkObject, after: LinkObject): boolean {
  return isReported(before) && !isReported(after);
}

function isReported({ status }: LinkObject): boolean {
  return findCondition(status.conditions, 'Ready') !== undefined;
}

/** Those of people: the operator's own record is no news to it. */
function annotationsOf({ annotations }: ObjectMeta): string {
  return JSON.stringify({ ...annotations, [ANNOTATIONS.executionRoles]: undefined });
}

const GIVES_WAY: readonly string[] = [
  'Conflict',
  'GrantTooLarge',
  'QuotaExceeded',
  'TrustPolicyTooLarge',
] satisfies readonly Reason[];

/** Links that are not Ready because an older one may stand in their way. */
const GIVING_WAY: Some = {
  name: 'giving way',
  of: (links) => links.filter(givesWay),
};

function givesWay({ status }: LinkObject): boolean {
  return GIVES_WAY.includes(findCondition(status.conditions, 'Ready')?.reason ?? '');
}

function sameLabels(a: KubernetesObject, b: KubernetesObject): boolean {
  return JSON.stringify(a.metadata.labels) === JSON.stringify(b.metadata.labels);
}

function urgency(origin: Origin): number {
  return origin === 'watch' ? priority.event : priority.resync;
}
