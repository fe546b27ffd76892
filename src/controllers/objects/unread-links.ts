/** Links whose state machine this process has not read: until it has, nobody knows which grant each of them shares. */
import { AwsFailure, wasNotTried } from '../../aws/errors/errors.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { Link } from '../../desired/link.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import { wasLookedAt, type LinkMemories } from '../state/link-memory.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';
import { hasWritten, isOnRecord } from '../state/on-record.ts';
import type { LinkResolver } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

export interface UnreadLinksParts {
  readonly links: Cache<LinkObject>;
  readonly accounts: AccountRegistry;
  readonly resolver: LinkResolver;
  readonly machines: StateMachineCache;
  readonly memories: LinkMemories;
}

/** How many state machines of other links a deletion reads at once. */
const MOST_READ_AHEAD = 20;

export class UnreadLinks {
  readonly #parts: UnreadLinksParts;
  readonly #mayHaveWritten: (object: LinkObject) => boolean;
  /** By source account, UIDs of links that this process has not reconciled and for which something may stand in AWS. Links
   *  reconciled since are dropped when the set is next used. Without the set, each check would go through every link of the
   *  account. */
  readonly #untried = new Map<string, Set<string>>();
  /** How many changes of each kind are included in `#untried`. */
  #asOf = { changes: 0, noted: 0, forgotten: 0 };
  /** Links whose state machine could not be read when another link's deletion tried. */
  readonly #tried = new WeakSet<LinkObject>();

  /** @param mayHaveWritten whether something may stand in AWS for a link. What other links share does not matter */
  constructor(parts: UnreadLinksParts, mayHaveWritten: (object: LinkObject) => boolean) {
    this.#parts = parts;
    this.#mayHaveWritten = mayHaveWritten;
  }

  /** A link of the account that may have a grant on the execution role, because nothing shows that it has none; undefined if
   *  there is none. A link that was not reconciled yet may have a grant on any role. A link whose state machine cannot be read
   *  may have one on the roles in its status: otherwise one machine that nobody can describe would hold up the whole account. */
  oneOn(accountId: string, executionRoleArn: string): Link | undefined {
    const object =
      this.#untriedOf(accountId) ??
      this.#parts.links
        .byIndex('recordedRole', executionRoleArn)
        .find((recorded) => recorded.link.stateMachine.accountId === accountId && this.#isUnread(recorded));
    return object?.link;
  }

  #untriedOf(accountId: string): LinkObject | undefined {
    const uids = this.#untriedIn(accountId);
    for (const uid of uids) {
      const object = this.#parts.links.getByUid(uid);
      // Dropped, so that the next call has fewer to go through.
      if (object === undefined || !this.#isUntriedIn(accountId, object)) uids.delete(uid);
      else if (!this.#tried.has(object) && this.#mayHaveWritten(object)) return object;
    }
    return undefined;
  }

  #untriedIn(accountId: string): Set<string> {
    this.#takeUpChanges();
    const known = this.#untried.get(accountId);
    if (known !== undefined) return known;
    const untried = this.#parts.links
      .byIndex('sourceAccount', accountId)
      .filter((object) => this.#isUntriedIn(accountId, object));
    const uids = new Set(untried.map(({ metadata }) => metadata.uid));
    this.#untried.set(accountId, uids);
    return uids;
  }

  /** Brings `#untried` up to date. A link can only come to belong there when it changes, when something is noted of it, or when
   *  its state machine is forgotten. */
  #takeUpChanges(): void {
    const { links, memories, machines } = this.#parts;
    const { changes, noted, forgotten } = this.#asOf;
    if (
      changes === links.changes &&
      noted === memories.changes.count &&
      forgotten === machines.forgotten.count
    )
      return;
    this.#asOf = {
      changes: links.changes,
      noted: memories.changes.count,
      forgotten: machines.forgotten.count,
    };
    const uids = [links.changedSince(changes), memories.changes.since(noted)];
    const arns = machines.forgotten.since(forgotten);
    if (arns === undefined || uids.includes(undefined)) this.#untried.clear();
    for (const uid of uids.flatMap((some) => some ?? [])) this.#takeUp(links.getByUid(uid));
    for (const arn of arns ?? [])
      for (const object of links.byIndex('stateMachine', arn)) this.#takeUp(object);
  }

  #takeUp(object: LinkObject | undefined): void {
    if (object === undefined) return;
    const { accountId } = object.link.stateMachine;
    if (this.#isUntriedIn(accountId, object)) this.#untried.get(accountId)?.add(object.link.uid);
  }

  /** Whether the link was not reconciled yet, its state machine was neither read nor found unreadable, and it shows a sign that
   *  something may stand for it. Thousands of new links show none, and would otherwise be asked one by one for each of them.
   *  Without a change, the answer does not become true. */
  #isUntriedIn(accountId: string, object: LinkObject): boolean {
    const { uid, stateMachine } = object.link;
    const { memories } = this.#parts;
    const seen = memories.peek(uid);
    if (stateMachine.accountId !== accountId || seen.machineUnreadable || wasLookedAt(seen)) return false;
    if (!this.#isUnknown(object)) return false;
    return memories.hasMet(uid) || hasFinalizer(object) || hasWritten(object);
  }

  /** Reads the state machine of a link that is not reconciled at present because it is suspended or refused, and perhaps being
   *  deleted. Nothing else would read it. Until it is known which grant the link shares, or that AWS does not show its state
   *  machine, nothing could be removed from any grant in the account.
   *  @throws AwsFailure when another try may help */
  async readIfStopped(object: LinkObject, callOptions: CallOptions): Promise<void> {
    const { accountId, text: arn } = object.link.stateMachine;
    const aws = this.#parts.accounts.get(accountId)?.aws;
    if (aws === undefined || !this.#isUnread(object) || !this.#isStopped(object)) return;
    try {
      await this.#parts.machines.read(aws, arn, callOptions, Number.POSITIVE_INFINITY);
    } catch (error) {
      if (!(error instanceof AwsFailure) || error.kind !== 'terminal') throw error;
      this.#parts.memories.of(object.link.uid).machineUnreadable = true;
    }
  }

  /** Reads the state machines of an account's links for which only a finalizer says that something may have been written. A
   *  deletion does not wait until they are reconciled, because whoever may make links may make more and more of them. What one
   *  of them may need stays. One whose state machine cannot be read counts as tried, as after its own reconcile. */
  async readUnrecorded(accountId: string, callOptions: CallOptions): Promise<void> {
    const { links, accounts, machines, memories } = this.#parts;
    const aws = accounts.get(accountId)?.aws;
    if (aws === undefined) return;
    const objects = [...this.#untriedIn(accountId)]
      .flatMap((uid) => links.getByUid(uid) ?? [])
      .filter((object) => this.#isUnread(object) && !isOnRecord(object, memories.peek(object.link.uid)))
      .slice(-MOST_READ_AHEAD);
    await Promise.all(
      objects.map(async (object) => {
        try {
          await machines.read(aws, object.link.stateMachine.text, callOptions, Number.POSITIVE_INFINITY);
        } catch (error) {
          if (!(error instanceof AwsFailure)) throw error;
          if (!wasNotTried(error)) this.#tried.add(object);
        }
      }),
    );
  }

  #isStopped(object: LinkObject): boolean {
    if (object.link.suspended) return true;
    const resolved = this.#parts.resolver.resolve(object);
    return 'kind' in resolved || this.#parts.resolver.refuseUnread(resolved) !== undefined;
  }

  /** Whether the link may contribute to a grant, and nobody knows to which. */
  #isUnread(object: LinkObject): boolean {
    return this.#isUnknown(object) && this.#mayHaveWritten(object);
  }

  #isUnknown({ link }: LinkObject): boolean {
    return this.#parts.machines.known(link.stateMachine.text) === undefined;
  }
}
