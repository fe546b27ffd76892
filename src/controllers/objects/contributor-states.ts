/** What of a link counts towards an object that it shares, where more than its own wish decides. */
import { isAllowedBy } from '../../plan/statements.ts';
import { compareText } from '../../base/compare-text.ts';
import { keepingGrants, type ContributorState, type Needs } from '../../desired/contribution.ts';
import { writesAnything, type Link } from '../../desired/link.ts';
import type { SharedObject } from '../state/link-memory.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';

/** Whether a link came after another one began to be deleted. */
export function wasMadeSince({ deletedAt }: Link, { createdAt }: Link): boolean {
  return deletedAt !== undefined && compareText(createdAt, deletedAt) > 0;
}

/** To take over Tasks of a link that is being deleted. What a restored backup brings back names its own role already. */
export function cameTooLate(link: Link, leaving: Link | undefined): boolean {
  if (leaving === undefined || link.targetRole.text === leaving.targetRole.text) return false;
  return wasMadeSince(leaving, link);
}

/** Whether what stands is enough for what is needed: spec or definition may have changed since it was looked at. */
export function covers(standing: Needs, needed: Needs): boolean {
  if (standing.permissions === needed.permissions && standing.tasks === needed.tasks) return true;
  const tasks = new Set(standing.tasks);
  return (
    needed.tasks.every((task) => tasks.has(task)) &&
    needed.executionRoleArns.every((arn) => standing.executionRoleArns.includes(arn)) &&
    (standing.permissions === needed.permissions ||
      needed.permissions.every((statement) => isAllowedBy(statement, standing.permissions)))
  );
}

/** It only observed, and is enforced again, or somebody took its finalizer: until it has one anew nothing is written for it,
 *  and what stands for it stays. */
export function isHeldBack(object: LinkObject): boolean {
  return writesAnything(object.link) && !hasFinalizer(object);
}

/** What such a link counts for meanwhile. */
export function onlyKeeping(
  { contribution }: Extract<ContributorState, { readonly kind: 'active' }>,
  shared: SharedObject,
): ContributorState {
  return shared === 'executionRole'
    ? { kind: 'active', contribution: keepingGrants(contribution) }
    : unreadState(contribution.link);
}

/** Of a link that the cache lacks or has outdated: its grant stays as far as it stands. */
export function uncachedGrant(link: Link, executionRole: string): ContributorState {
  const contribution = {
    link,
    executionRoleArns: [],
    keptExecutionRoleArns: [executionRole],
    permissions: [],
    keptPermissions: [],
    permissionsComplete: true,
    tasks: [],
    tasksInSyncBefore: [],
    rolesReady: false,
  };
  return { kind: 'active', contribution };
}

/** Nothing can be concluded from a link of which it is not known yet what it needs. */
export const unreadState = (link: Link): ContributorState => ({ kind: 'unread', link });
