/** Can the registered accounts be reached, and do their events arrive? */
import { findCondition } from '../../api/conditions.ts';
import { QUEUE_UNREAD, type AWSAccount } from '../../api/awsaccount.ts';
import type { UnlinkedRolesStatus } from '../../api/generated.ts';
import { adviceFor } from '../../api/advice.ts';
import { counted } from '../../base/counted.ts';
import type { PartCheck } from './part-check.ts';

/** If more accounts than this are in order, they share one line. */
const SHOWN_ACCOUNTS = 10;

/** A line for each account; one line for all that are in order, if they are many. */
export function checkAccounts(accounts: readonly AWSAccount[] | undefined): readonly PartCheck[] {
  if (accounts === undefined)
    return [{ subject: 'accounts', state: 'unseen', message: 'you may not list AWSAccounts' }];
  if (accounts.length === 0) {
    const remedy = 'Create an AWSAccount for each account: docs/getting-started.md shows one.';
    return [{ subject: 'accounts', state: 'failure', message: 'none is registered', remedy }];
  }
  const checks = accounts.map(checkAccount);
  const inOrder = checks.filter(({ state }) => state === 'ok');
  if (inOrder.length <= SHOWN_ACCOUNTS) return checks;
  const message = `${inOrder.length} of ${accounts.length} are reachable`;
  return [{ subject: 'accounts', state: 'ok', message }, ...checks.filter(({ state }) => state !== 'ok')];
}

function checkAccount({ metadata, spec, status }: AWSAccount): PartCheck {
  const subject = 'account';
  const name = `${metadata.name} (${spec.accountID})`;
  const ready = findCondition(status.conditions, 'Ready');
  if (ready === undefined || status.observedGeneration !== metadata.generation) {
    const remedy = 'Wait a moment. If this does not change, the operator is not running: see leader.';
    return { subject, state: 'attention', message: `${name}: the operator has not looked at it yet`, remedy };
  }
  if (ready.status === 'True') {
    const links = status.links ?? 0;
    const message = `${name} is reached, ${counted(links, 'link')}`;
    const unread = queueUnread(ready.message);
    if (unread !== undefined) return { subject, state: 'attention', message: `${message}; ${unread}` };
    return { subject, state: 'ok', message, ...leftBehind(message, status.unlinkedRoles) };
  }
  const remedy =
    ready.reason === 'WrongAccount' && spec.assumeRole === undefined
      ? 'Give it an assumeRole: without one the operator acts there with its own credentials, which are another account’s.'
      : adviceFor(ready.reason, ready.message)?.remedy;
  return {
    subject,
    state: ready.status === 'False' ? 'failure' : 'attention',
    message: `${name}: ${ready.reason}: ${ready.message}`,
    ...(remedy !== undefined && { remedy }),
  };
}

/** The operator's message about a queue that cannot be read, which ends with what to do. */
function queueUnread(message: string): string | undefined {
  const at = message.indexOf(QUEUE_UNREAD);
  return at === -1 ? undefined : message.slice(at);
}

function leftBehind(message: string, unlinked: UnlinkedRolesStatus | undefined): Partial<PartCheck> {
  if (unlinked === undefined || unlinked.total === 0) return {};
  const { total, arns } = unlinked;
  const [first = '', ...others] = arns;
  const roles =
    total === 1 ? `a role that no link names: ${first}` : `${total} roles that no link names: ${first}`;
  return {
    state: 'attention',
    message: `${message}; ${roles}${others.length > 0 ? ' and others (status.unlinkedRoles)' : ''}`,
    remedy: 'Create its link again and delete it, or delete the role by hand; leave it if this is intended.',
  };
}

/** Whether drift is found within seconds. */
export function checkEvents(accounts: readonly AWSAccount[] | undefined): readonly PartCheck[] {
  if (accounts === undefined || accounts.length === 0) return [];
  const fed = accounts.filter(
    ({ spec, status }) =>
      spec.eventQueueURL !== undefined &&
      queueUnread(findCondition(status.conditions, 'Ready')?.message ?? '') === undefined,
  ).length;
  return [{ subject: 'events', state: 'ok', message: eventsMessage(fed, accounts.length) }];
}

function eventsMessage(fed: number, accounts: number): string {
  if (fed === accounts) return 'every account has an event queue: drift is found within seconds';
  if (fed === 0) return 'no account has an event queue: drift is found only by polling';
  return `${fed} of ${accounts} accounts have an event queue: drift in the others is found only by polling`;
}
