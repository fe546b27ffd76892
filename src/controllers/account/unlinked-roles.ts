/** Finds target roles with the operator's tags that no link names: their link went without removing them, or Kubernetes removed
 *  it and they are not removed yet. */
import type { Logger } from 'pino';
import { AWS_ACCOUNT, type AWSAccount } from '../../api/awsaccount.ts';
import type { UnlinkedRolesStatus } from '../../api/generated.ts';
import { compareText } from '../../base/compare-text.ts';
import type { EventRecorder } from '../../kubernetes/event-recorder.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { LinkObject } from '../state/link-object.ts';

interface UnlinkedRolesParts {
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  /** Whether Kubernetes removed the link although it had the finalizer: nobody sees what it waits for. */
  readonly isRemoved: (link: LinkObject) => boolean;
  readonly accounts: Pick<AccountRegistry, 'get'>;
  readonly objects: Pick<Cache<AWSAccount>, 'get'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Called when the AWSAccount's status has something else to say than it does now. */
  readonly onChange: (accountId: string) => void;
}

/** A snapshot may still show a role that was deleted together with its link after the snapshot began. A role is reported only
 *  if it is seen again this much later. */
const SEEN_AGAIN_MS = 120_000;
/** How many roles of one account are remembered. Whoever may tag roles there decides how many there are. */
const MOST_REMEMBERED = 200;
/** How many a status lists. */
const MOST_LISTED = 20;

const NONE: UnlinkedRolesStatus = { arns: [], total: 0 };

interface Known {
  /** By ARN: when the role was first seen without a link; undefined once it is reported. */
  readonly seen: Map<string, number | undefined>;
  /** Whether a whole snapshot was gone through. */
  isWhole: boolean;
}

export class UnlinkedRoles {
  readonly #parts: UnlinkedRolesParts;
  readonly #accounts = new Map<string, Known>();

  constructor(parts: UnlinkedRolesParts) {
    this.#parts = parts;
  }

  /** To be called with each role of a snapshot. Reports each role once, and removes none: the missing link may be about to be
   *  restored.
   *  @param isOwn whether its tags say that it is the operator's */
  look(accountId: string, arn: string, isOwn: boolean): void {
    const { now } = this.#parts;
    const { seen } = this.#knownOf(accountId);
    if (!isOwn || this.#isNamed(arn)) {
      seen.delete(arn);
      return;
    }
    if (!seen.has(arn)) {
      if (seen.size < MOST_REMEMBERED) seen.set(arn, now());
      return;
    }
    const since = seen.get(arn);
    if (since === undefined || now() - since < SEEN_AGAIN_MS) return;
    seen.set(arn, undefined);
    this.#report(accountId, arn);
  }

  /** To be called when a snapshot was read to its end. @param has whether a role with the operator's tags is in it */
  looked(accountId: string, has: (arn: string) => boolean): void {
    const known = this.#knownOf(accountId);
    known.isWhole = true;
    for (const arn of known.seen.keys()) if (!has(arn)) known.seen.delete(arn);
    const status = this.#object(accountId)?.status.unlinkedRoles ?? NONE;
    if (JSON.stringify(status) !== JSON.stringify(this.of(accountId))) this.#parts.onChange(accountId);
  }

  /** The roles for the account's status; undefined while not known, a count of 0 if there are none. */
  of(accountId: string): UnlinkedRolesStatus | undefined {
    const known = this.#accounts.get(accountId);
    if (known?.isWhole !== true) return undefined;
    const arns = [...known.seen]
      .filter(([arn, since]) => since === undefined && !this.#isNamed(arn))
      .map(([arn]) => arn)
      .toSorted(compareText);
    return { arns: arns.slice(0, MOST_LISTED), total: arns.length };
  }

  /** To be called when the account is no longer called. */
  forget(accountId: string): void {
    this.#accounts.delete(accountId);
  }

  #isNamed(arn: string): boolean {
    const { links, isRemoved } = this.#parts;
    return links.byIndex('targetRole', arn).some((link) => !isRemoved(link));
  }

  /** What is known of an account's roles, beginning with what an earlier process reported: that is not reported again. */
  #knownOf(accountId: string): Known {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const reported = this.#object(accountId)?.status.unlinkedRoles?.arns ?? [];
    const seen = new Map<string, number | undefined>(reported.map((arn) => [arn, undefined]));
    const begun: Known = { seen, isWhole: false };
    this.#accounts.set(accountId, begun);
    return begun;
  }

  #object(accountId: string): AWSAccount | undefined {
    const { accounts, objects } = this.#parts;
    return objects.get(accounts.get(accountId)?.name ?? '');
  }

  #report(accountId: string, arn: string): void {
    const { events, log } = this.#parts;
    const message =
      `Role ${arn} has this operator's tags, and no link names it: its link was abandoned or retained, its finalizer was removed ` +
      `by hand, or Kubernetes removed it. Create the link again and delete it, or delete the role by hand; leave it if this is intended.`;
    log.warn({ account: accountId, role: arn }, message);
    const object = this.#object(accountId);
    if (object !== undefined)
      events.record(AWS_ACCOUNT, object.metadata, { type: 'Warning', reason: 'LeftBehind', message });
  }
}
