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

/** The links of an account that this process has not looked at when last asked: they only become fewer, until links come, go or are
 *  edited, or a state machine is forgotten. */
interface UntriedOfAccount {
  readonly asOf: string;
  /** The last one is asked first; those that were looked at since go. */
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
  readonly #untried = new Map<string, UntriedOfAccount>();
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
    const untried = this.#untriedListOf(accountId);
    this.#dropFromEnd(untried);
    const found = untried.uids.findLast((uid) => {
      const object = this.#untriedObject(uid);
      return object !== undefined && !this.#tried.has(object) && this.#mayHaveWritten(object);
    });
    if (found !== undefined) return this.#parts.links.getByUid(found);
    // Whoever has looked at all of them leaves fewer to the next.
    untried.uids = untried.uids.filter((uid) => this.#untriedObject(uid) !== undefined);
    return undefined;
  }

  /** Else each check at a start would look at all that were looked at before it. */
  #dropFromEnd({ uids }: UntriedOfAccount): void {
    for (let uid = uids.at(-1); uid !== undefined; uid = uids.at(-1)) {
      if (this.#untriedObject(uid) !== undefined) return;
      uids.pop();
    }
  }

  /** Undefined once the link was looked at, or its state machine was read or found to be unreadable: it stays so. */
  #untriedObject(uid: string): LinkObject | undefined {
    const object = this.#parts.links.getByUid(uid);
    const memory = this.#parts.memory.seen(uid);
    if (object === undefined || memory.machineUnreadable || wasLookedAt(memory)) return undefined;
    return this.#isUnknown(object) ? object : undefined;
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
    const objects = links
      .byIndex('sourceAccount', accountId)
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

  #untriedListOf(accountId: string): UntriedOfAccount {
    const { links, machines } = this.#parts;
    const asOf = `${links.version} ${machines.forgotten}`;
    const known = this.#untried.get(accountId);
    if (known?.asOf === asOf) return known;
    const uids = links.byIndex('sourceAccount', accountId).map(({ metadata }) => metadata.uid);
    const untried = { asOf, uids };
    this.#untried.set(accountId, untried);
    return untried;
  }

  /** Whether the link may contribute to a grant, and it is not known to which. */
  #isUnread(object: LinkObject): boolean {
    return this.#isUnknown(object) && this.#mayHaveWritten(object);
  }

  #isUnknown({ link }: LinkObject): boolean {
    return this.#parts.machines.known(link.stateMachine.text) === undefined;
  }
}
