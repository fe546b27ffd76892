/** Links whose state machine this process has not read: until it has, it is not known whose grant each of them shares. */
import { AwsFailure, type FailureKind } from '../../aws/errors/errors.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { Link } from '../../desired/link.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import { wasLookedAt, type LinkMemory } from '../state/link-memory.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';
import { hasWritten, isOnRecord } from '../state/on-record.ts';
import type { LinkResolver } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

export interface UnreadLinksParts {
  readonly links: Cache<LinkObject>;
  readonly accounts: AccountRegistry;
  readonly resolver: LinkResolver;
  readonly machines: StateMachineCache;
  readonly memory: LinkMemory;
}

/** So many state machines a deletion reads at once that are not its link's. */
const MOST_READ_AHEAD = 20;
/** Failures of calls that were not made. */
const UNTRIED: ReadonlySet<FailureKind> = new Set(['laneBusy', 'throttled', 'fenced']);

export class UnreadLinks {
  readonly #parts: UnreadLinksParts;
  readonly #mayHaveWritten: (object: LinkObject) => boolean;
  /** By source account, UIDs of the links that this process has not looked at, and for which something may stand in AWS: with those
   *  that were looked at since, until somebody comes by. Without it each check would look at every link of the account. */
  readonly #untried = new Map<string, Set<string>>();
  /** Up to which change of each kind that is so. */
  #asOf = { changes: 0, noted: 0, forgotten: 0 };
  /** Links whose state machine somebody else tried to read, and could not. */
  readonly #tried = new WeakSet<LinkObject>();

  /** @param mayHaveWritten whether something may stand in AWS for a link: of others it does not matter what they share */
  constructor(parts: UnreadLinksParts, mayHaveWritten: (object: LinkObject) => boolean) {
    this.#parts = parts;
    this.#mayHaveWritten = mayHaveWritten;
  }

  /** A link of the account that may have a grant on the execution role, for nothing shows that it has none: one that nobody has
   *  looked at yet may have it on any role, one whose machine cannot be read, where its status says so. Else a machine that
   *  nobody can describe would hold up the whole account. */
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
      // Whoever comes by leaves fewer to the next.
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

  /** What may be so of a link now was brought about by a change to it, by what was noted of it, or with its state machine. */
  #takeUpChanges(): void {
    const { links, memory, machines } = this.#parts;
    const { changes, noted, forgotten } = this.#asOf;
    if (changes === links.changes && noted === memory.changes.count && forgotten === machines.forgotten.count)
      return;
    this.#asOf = { changes: links.changes, noted: memory.changes.count, forgotten: machines.forgotten.count };
    const uids = [links.changedSince(changes), memory.changes.since(noted)];
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

  /** Whether nobody has looked at the link yet, nor read its state machine or found it unreadable, and it bears a sign that something may stand for it:
   *  thousands that are new bear none, and would be asked one by one for each of them. Without a change it does not become so. */
  #isUntriedIn(accountId: string, object: LinkObject): boolean {
    const { uid, stateMachine } = object.link;
    const { memory } = this.#parts;
    const seen = memory.seen(uid);
    if (stateMachine.accountId !== accountId || seen.machineUnreadable || wasLookedAt(seen)) return false;
    if (!this.#isUnknown(object)) return false;
    return memory.hasMet(uid) || hasFinalizer(object) || hasWritten(object);
  }

  /**
   * Reads the state machine of a link that is not reconciled at present, because it is suspended or refused, and may be being
   * deleted as well. Nobody else would read it, and until it is known whose grant the link shares, or that AWS does not
   * show its state machine, nothing could be taken off any grant in the account.
   * @throws AwsFailure when another try may help
   */
  async readIfStopped(object: LinkObject, callOptions: CallOptions): Promise<void> {
    const { accountId, text: arn } = object.link.stateMachine;
    const aws = this.#parts.accounts.get(accountId)?.aws;
    if (aws === undefined || !this.#isUnread(object) || !this.#isStopped(object)) return;
    try {
      await this.#parts.machines.read(aws, arn, callOptions, Number.POSITIVE_INFINITY);
    } catch (error) {
      if (!(error instanceof AwsFailure) || error.kind !== 'terminal') throw error;
      this.#parts.memory.of(object.link.uid).machineUnreadable = true;
    }
  }

  /**
   * Reads the state machines of links of an account of which only a finalizer says that something may have been written for
   * them: a deletion does not wait for their turn, for whoever may make links may make them without end. What one of them
   * may need stays; one whose machine cannot be read counts as tried, as after its own reconcile.
   */
  async readUnrecorded(accountId: string, callOptions: CallOptions): Promise<void> {
    const { links, accounts, machines, memory } = this.#parts;
    const aws = accounts.get(accountId)?.aws;
    if (aws === undefined) return;
    const objects = [...this.#untriedIn(accountId)]
      .flatMap((uid) => links.getByUid(uid) ?? [])
      .filter((object) => this.#isUnread(object) && !isOnRecord(object, memory.seen(object.link.uid)))
      .slice(-MOST_READ_AHEAD);
    await Promise.all(
      objects.map(async (object) => {
        try {
          await machines.read(aws, object.link.stateMachine.text, callOptions, Number.POSITIVE_INFINITY);
        } catch (error) {
          if (!(error instanceof AwsFailure)) throw error;
          if (!UNTRIED.has(error.kind)) this.#tried.add(object);
        }
      }),
    );
  }

  #isStopped(object: LinkObject): boolean {
    if (object.link.suspended) return true;
    const resolved = this.#parts.resolver.resolve(object);
    return 'kind' in resolved || this.#parts.resolver.refuseUnread(resolved) !== undefined;
  }

  /** Whether the link may contribute to a grant, and it is not known to which. */
  #isUnread(object: LinkObject): boolean {
    return this.#isUnknown(object) && this.#mayHaveWritten(object);
  }

  #isUnknown({ link }: LinkObject): boolean {
    return this.#parts.machines.known(link.stateMachine.text) === undefined;
  }
}
