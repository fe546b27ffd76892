/** Links whose state machine this process has not read: until it has, it is not known whose grant each of them shares. */
import { AwsFailure, type FailureKind } from '../../aws/errors/errors.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { Link } from '../../desired/link.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import { wasLookedAt, type LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import { isOnRecord } from '../state/on-record.ts';
import type { LinkResolver } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

export interface UnreadLinksParts {
  readonly links: Cache<LinkObject>;
  readonly accounts: AccountRegistry;
  readonly resolver: LinkResolver;
  readonly machines: StateMachineCache;
  readonly memory: LinkMemory;
}

/** The links of an account whose state machine was not read when last looked for: they only become fewer, until links come,
 *  go or are edited, or a state machine is forgotten. */
interface UnreadOfAccount {
  readonly asOf: string;
  /** The last one is asked first; those that were read since go. */
  uids: string[];
}

/** So many state machines a deletion reads at once that are not its link's. */
const MOST_READ_AHEAD = 20;
/** Failures of calls that were not made. */
const UNTRIED: ReadonlySet<FailureKind> = new Set(['laneBusy', 'throttled', 'fenced']);

export class UnreadLinks {
  readonly #parts: UnreadLinksParts;
  readonly #mayHaveWritten: (object: LinkObject) => boolean;
  /** By source account. Without it each check would look at every link of the account. */
  readonly #unread = new Map<string, UnreadOfAccount>();
  /** Links whose state machine somebody else tried to read, and could not. */
  readonly #tried = new WeakSet<LinkObject>();

  /** @param mayHaveWritten whether something may stand in AWS for a link: of others it does not matter what they share */
  constructor(parts: UnreadLinksParts, mayHaveWritten: (object: LinkObject) => boolean) {
    this.#parts = parts;
    this.#mayHaveWritten = mayHaveWritten;
  }

  /** A link of the account that may have a grant on the execution role, for nothing shows that it has none. */
  oneOn(accountId: string, executionRoleArn: string): Link | undefined {
    const { links } = this.#parts;
    const unread = this.#unreadOf(accountId);
    this.#dropReadFromEnd(unread);
    const found = unread.uids.findLast((uid) => {
      const object = links.getByUid(uid);
      return object !== undefined && this.#mayBear(object, executionRoleArn);
    });
    if (found !== undefined) return links.getByUid(found)?.link;
    // Whoever has looked at all of them leaves fewer to the next.
    unread.uids = this.#unknownIn(unread).map(({ metadata }) => metadata.uid);
    return undefined;
  }

  /** Else each check at a start would look at all that were read before it. */
  #dropReadFromEnd({ uids }: UnreadOfAccount): void {
    for (let uid = uids.at(-1); uid !== undefined; uid = uids.at(-1)) {
      const object = this.#parts.links.getByUid(uid);
      if (object !== undefined && this.#isUnknown(object)) return;
      uids.pop();
    }
  }

  #unknownIn({ uids }: UnreadOfAccount): readonly LinkObject[] {
    return uids
      .map((uid) => this.#parts.links.getByUid(uid))
      .filter((object) => object !== undefined)
      .filter((object) => this.#isUnknown(object));
  }

  /**
   * Reads the state machine of a link that is not reconciled at present, because it is suspended or refused. Nobody
   * else would read it, and until it is known whose grant the link shares, nothing could be taken off any grant in the
   * account.
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
    }
  }

  /**
   * Reads the state machines of links of an account of which only a finalizer says that something may have been written for
   * them: a deletion does not wait for their turn, for whoever may make links may make them without end. What one of them
   * may need stays; one whose machine cannot be read counts as tried, as after its own reconcile.
   */
  async readUnrecorded(accountId: string, callOptions: CallOptions): Promise<void> {
    const { accounts, machines, memory } = this.#parts;
    const aws = accounts.get(accountId)?.aws;
    if (aws === undefined) return;
    const objects = this.#unknownIn(this.#unreadOf(accountId))
      .filter((object) => this.#mayHaveWritten(object) && !isOnRecord(object, memory.seen(object.link.uid)))
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

  #unreadOf(accountId: string): UnreadOfAccount {
    const { links, machines } = this.#parts;
    const asOf = `${links.version} ${machines.forgotten}`;
    const known = this.#unread.get(accountId);
    if (known?.asOf === asOf) return known;
    const objects = links.byIndex('sourceAccount', accountId).filter((object) => this.#isUnknown(object));
    const unread = { asOf, uids: objects.map(({ metadata }) => metadata.uid) };
    this.#unread.set(accountId, unread);
    return unread;
  }

  /** Whether a link whose state machine is not read may have a grant on the role: of one that cannot be read, that was
   *  tried, only where its status says so. Else a machine that nobody can describe would hold up the whole account. */
  #mayBear(object: LinkObject, executionRoleArn: string): boolean {
    if (!this.#isUnread(object)) return false;
    if (!this.#tried.has(object) && !wasLookedAt(this.#parts.memory.seen(object.link.uid))) return true;
    const { inventory = [], executionRoleARN } = object.status;
    return [executionRoleARN, ...inventory.map(({ arn }) => arn)].includes(executionRoleArn);
  }

  /** Whether the link may contribute to a grant, and it is not known to which. */
  #isUnread(object: LinkObject): boolean {
    return this.#isUnknown(object) && this.#mayHaveWritten(object);
  }

  #isUnknown({ link }: LinkObject): boolean {
    return this.#parts.machines.known(link.stateMachine.text) === undefined;
  }
}
