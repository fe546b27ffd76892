/** Target roles that bear the operator's tags although no link names them: left by a link that went without its removal. */
import type { Logger } from 'pino';
import { AWS_ACCOUNT, type AWSAccount } from '../../api/awsaccount.ts';
import { TAGS } from '../../desired/names.ts';
import type { EventRecorder } from '../../kubernetes/event-recorder.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { LinkObject } from '../state/link-object.ts';

export interface UnlinkedRolesParts {
  readonly links: Pick<Cache<LinkObject>, 'byIndex'>;
  readonly accounts: Pick<AccountRegistry, 'get'>;
  readonly objects: Pick<Cache<AWSAccount>, 'get'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly clusterId: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A snapshot may show a role that was deleted with its link since it began: only one that is seen again so much later is
 *  told of. */
const SEEN_AGAIN_MS = 120_000;
/** Whoever may tag roles of an account decides how many there are: so many are remembered. */
const MOST_REMEMBERED = 200;

export class UnlinkedRoles {
  readonly #parts: UnlinkedRolesParts;
  /** ARN → when it was first seen; undefined once it was told of. */
  readonly #seen = new Map<string, number | undefined>();

  constructor(parts: UnlinkedRolesParts) {
    this.#parts = parts;
  }

  /** To be called with each role of a snapshot. Tells once of each role, and removes none: a link that is missing may be
   *  about to be restored. */
  look(accountId: string, arn: string, tags: ReadonlyMap<string, string>): void {
    const { links, clusterId, now } = this.#parts;
    if (tags.get(TAGS.clusterId) !== clusterId || links.byIndex('targetRole', arn).length > 0) {
      this.#seen.delete(arn);
      return;
    }
    if (!this.#seen.has(arn)) {
      if (this.#seen.size < MOST_REMEMBERED) this.#seen.set(arn, now());
      return;
    }
    const since = this.#seen.get(arn);
    if (since === undefined || now() - since < SEEN_AGAIN_MS) return;
    this.#seen.set(arn, undefined);
    this.#tell(accountId, arn);
  }

  #tell(accountId: string, arn: string): void {
    const { accounts, objects, events, log } = this.#parts;
    const message =
      `Role ${arn} bears this operator's tags, and no link names it: its link was abandoned or retained, or its finalizer was ` +
      `taken off. Make the link again and delete it, or delete the role by hand; leave it if that is meant.`;
    log.warn({ account: accountId, role: arn }, message);
    const object = objects.get(accounts.get(accountId)?.name ?? '');
    if (object !== undefined) events.record(AWS_ACCOUNT, object.metadata, 'Warning', 'LeftBehind', message);
  }
}
