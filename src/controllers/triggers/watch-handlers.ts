/** What brings a link or an account to its queue: a change to a link, an account or a namespace. */
import type { AWSAccount } from '../../api/awsaccount.ts';
import { findCondition } from '../../api/conditions.ts';
import { ANNOTATIONS, FINALIZER } from '../../api/metadata.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Clock } from '../../base/clock.ts';
import { keyOf, type KubernetesObject, type ObjectMeta } from '../../kubernetes/metadata.ts';
import type { Origin, Reflector } from '../../kubernetes/reflector.ts';
import type { Change } from '../../kubernetes/store.ts';
import { priority, type WorkQueue } from '../../kubernetes/work-queue.ts';
import type { LinkIndex, LinkObject } from '../state/link-object.ts';

/** Many links may come at once: an account that has its finalizer counts them now and then, not one by one. */
const COUNT_LINKS_AFTER_MS = 5_000;

/** Links that come to the queue in one turn of the event loop: a rule may bring all those of an account, and a start those of
 *  a hundred accounts at once. */
const LINKS_AT_ONCE = 500;

type Watched<T extends KubernetesObject> = Pick<Reflector<T>, 'cache' | 'onChange'>;

interface WatchHandlersParts {
  readonly links: Watched<LinkObject>;
  readonly accounts: Watched<AWSAccount>;
  readonly namespaces: Watched<KubernetesObject>;
  readonly linkQueue: Pick<WorkQueue, 'add'>;
  readonly accountQueue: Pick<WorkQueue, 'add' | 'addAfter'>;
  readonly clock: Pick<Clock, 'after'>;
  /** Called when a link comes or goes. */
  readonly linksChanged: () => void;
  /** Called when a link is gone from the cache. */
  readonly forget: (object: LinkObject) => void;
  /** Called when an AWSAccount is gone. */
  readonly accountRemoved: (account: AWSAccount) => void;
}

/** Why links come back: something that they have in common has changed. */
interface Cause {
  readonly id: string;
  /** Keys of those that have not come yet. */
  readonly waiting: Set<string>;
  /** The same, in the order in which they were put there: it goes on with those that are added. */
  readonly inOrder: Iterator<string, undefined>;
}

export class WatchHandlers {
  readonly #parts: WatchHandlersParts;
  /** What has links come to the queue, by index and key: a cause that comes again while its links do adds those that it lacks. */
  readonly #causes = new Map<string, Cause>();
  /** The same causes, the next one first. */
  readonly #turns: Cause[] = [];
  #isBringing = false;

  /** Listens from now on. */
  constructor(parts: WatchHandlersParts) {
    this.#parts = parts;
    const { links, accounts, namespaces } = parts;
    links.onChange((change, origin) => this.#linkChanged(change, origin));
    accounts.onChange((change, origin) => this.#accountChanged(change, origin));
    namespaces.onChange((change) => this.#namespaceChanged(change));
  }

  /** Brings the links that an index finds back to the queue, those that `which` picks; where they are many, over several turns
   *  of the event loop. */
  enqueueLinksBy(index: LinkIndex, key: string, which: (object: LinkObject) => boolean = () => true): void {
    const links = this.#parts.links.cache.byIndex(index, key).filter(which);
    if (links.length === 0) return;
    const id = `${index} ${key}`;
    const cause = this.#causes.get(id) ?? this.#begin(id);
    for (const { link } of links) cause.waiting.add(link.key);
    if (!this.#isBringing) this.#bring();
  }

  #begin(id: string): Cause {
    const waiting = new Set<string>();
    const cause = { id, waiting, inOrder: waiting.values() };
    this.#causes.set(id, cause);
    this.#turns.push(cause);
    return cause;
  }

  /** One link of each cause in turn; what is left of all of them comes in the next turns of the event loop. */
  #bring(): void {
    for (let count = 0; count < LINKS_AT_ONCE; count += 1) {
      const cause = this.#turns.shift();
      const key = cause?.inOrder.next().value;
      if (cause === undefined || key === undefined) break;
      this.#parts.linkQueue.add(key, priority.resync);
      cause.waiting.delete(key);
      if (cause.waiting.size > 0) this.#turns.push(cause);
      else this.#causes.delete(cause.id);
    }
    this.#isBringing = this.#turns.length > 0;
    if (this.#isBringing) this.#parts.clock.after(0, () => this.#bring());
  }

  /** A link is reconciled for its spec, its annotations and its deletion; for its status only where somebody emptied it. */
  #linkChanged(change: Change<LinkObject>, origin: Origin): void {
    if (change.kind !== 'updated') {
      this.#parts.linksChanged();
      this.#countLinks(change.kind === 'added' ? change.object : change.old);
    }
    const { kind } = change;
    if (kind === 'updated' && !matters(change.old, change.object) && !losesStatus(change.old, change.object))
      return;
    if (change.kind === 'deleted') this.#linkGone(change.old);
    if (change.kind === 'updated') this.#makesRoom(change.object);
    const { metadata, link } = change.kind === 'deleted' ? change.old : change.object;
    this.#parts.linkQueue.add(keyOf(metadata), urgency(origin));
    // A deletion may wait for this change, such as for a link to be resumed.
    for (const accountId of [link.stateMachine.accountId, link.targetRole.accountId])
      this.enqueueLinksBy('deleting', accountId);
  }

  #accountChanged(change: Change<AWSAccount>, origin: Origin): void {
    if (change.kind === 'deleted') this.#parts.accountRemoved(change.old);
    if (change.kind === 'updated' && !matters(change.old, change.object)) return;
    const { metadata, spec } = change.kind === 'deleted' ? change.old : change.object;
    this.#parts.accountQueue.add(keyOf(metadata), urgency(origin));
    // One that comes, goes or is being deleted decides which other of the same ID speaks for the account.
    for (const other of this.#parts.accounts.cache.values())
      if (other.spec.accountID === spec.accountID && other.metadata.name !== metadata.name)
        this.#parts.accountQueue.add(keyOf(other.metadata), urgency(origin));
  }

  /** A link may be seen before its namespace is, and then no selector admits it. */
  #namespaceChanged(change: Change<KubernetesObject>): void {
    if (change.kind === 'deleted') return;
    if (change.kind === 'updated' && sameLabels(change.old, change.object)) return;
    this.enqueueLinksBy('namespace', change.object.metadata.name);
  }

  /** The first link of an account has the account's finalizer set, at once, and the last one may let a deleted account go;
   *  others only change its number of links. */
  #countLinks({ link }: LinkObject): void {
    const { accounts, accountQueue } = this.#parts;
    for (const { metadata, spec } of accounts.cache.values()) {
      if (spec.accountID !== link.stateMachine.accountId && spec.accountID !== link.targetRole.accountId)
        continue;
      const mayWait = metadata.finalizers.includes(FINALIZER) && metadata.deletionTimestamp === undefined;
      accountQueue.addAfter(metadata.name, mayWait ? COUNT_LINKS_AFTER_MS : 0);
    }
  }

  /** A link that asks for something else may leave a Task to a younger one, a description, or room in a policy. */
  #makesRoom({ link }: LinkObject): void {
    this.enqueueLinksBy('stateMachine', link.stateMachine.text, givesWay);
    this.enqueueLinksBy('targetRole', link.targetRole.text, givesWay);
  }

  /** A link that is gone may leave a Task to another link, a place below `maxLinks`, or room in the grant of an execution
   *  role that it shares with other machines. */
  #linkGone(object: LinkObject): void {
    const { link } = object;
    this.#parts.forget(object);
    this.enqueueLinksBy('stateMachine', link.stateMachine.text);
    this.enqueueLinksBy('targetRole', link.targetRole.text);
    for (const accountId of [link.stateMachine.accountId, link.targetRole.accountId])
      this.enqueueLinksBy('account', accountId, waitsForRoom);
  }
}

/** Whether a person or a tool made the change: generation, annotations, deletion, a finalizer taken away. A finalizer
 *  that is added is the operator's own, and would have each new link reconciled twice. */
function matters(before: KubernetesObject, after: KubernetesObject): boolean {
  const [a, b] = [before.metadata, after.metadata];
  return (
    a.generation !== b.generation ||
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
  return findCondition(status.conditions ?? [], 'Ready') !== undefined;
}

/** Those of people: the operator's own record is no news to it. */
function annotationsOf({ annotations }: ObjectMeta): string {
  return JSON.stringify({ ...annotations, [ANNOTATIONS.executionRoles]: undefined });
}

const FOR_WANT_OF_ROOM: readonly string[] = ['TooManyLinks', 'GrantTooLarge'] satisfies readonly Reason[];

function waitsForRoom({ status }: LinkObject): boolean {
  return FOR_WANT_OF_ROOM.includes(findCondition(status.conditions ?? [], 'Ready')?.reason ?? '');
}

const GIVES_WAY: readonly string[] = [
  'Conflict',
  'GrantTooLarge',
  'QuotaExceeded',
  'TrustPolicyTooLarge',
] satisfies readonly Reason[];

/** Whether the link is not Ready because an older one may stand in its way. */
function givesWay({ status }: LinkObject): boolean {
  return GIVES_WAY.includes(findCondition(status.conditions ?? [], 'Ready')?.reason ?? '');
}

function sameLabels(a: KubernetesObject, b: KubernetesObject): boolean {
  return JSON.stringify(a.metadata.labels) === JSON.stringify(b.metadata.labels);
}

function urgency(origin: Origin): number {
  return origin === 'watch' ? priority.event : priority.resync;
}
