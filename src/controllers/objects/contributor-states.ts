/** How a link counts towards a shared object, as far as more than its own spec decides that. */
import { isAllowedBy } from '../../plan/statements.ts';
import { compareText } from '../../base/compare-text.ts';
import { keepingGrants, type ContributorState, type Needs } from '../../desired/contribution.ts';
import { writesAnything, type Link } from '../../desired/link.ts';
import type { SharedObject } from '../state/link-memory.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';

/** Whether a link was made after another one began to be deleted. */
export function wasMadeSince({ deletedAt }: Link, { createdAt }: Link): boolean {
  return deletedAt !== undefined && compareText(createdAt, deletedAt) > 0;
}

/** Whether a link came too late to take over Tasks of a link that is being deleted. A link that a backup brings back names the
 *  same role and is no such case. */
export function cameTooLate(link: Link, leaving: Link | undefined): boolean {
  if (leaving === undefined || link.targetRole.text === leaving.targetRole.text) return false;
  return wasMadeSince(leaving, link);
}

/** Whether what stands is enough for what is needed: spec or definition may have changed since the roles were checked. */
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

/** Whether a link should write but has no finalizer: it only observed until now, or somebody removed the finalizer. Until it
 *  has one again, nothing is written for it, and what stands for it stays. */
export function isHeldBack(object: LinkObject): boolean {
  return writesAnything(object.link) && !hasFinalizer(object);
}

/** How such a link counts meanwhile: it keeps what stands and adds nothing. */
export function onlyKeeping(
  { contribution }: Extract<ContributorState, { readonly kind: 'active' }>,
  shared: SharedObject,
): ContributorState {
  return shared === 'executionRole'
    ? { kind: 'active', contribution: keepingGrants(contribution) }
    : unreadState(contribution.link);
}

/** The state of a link that the cache lacks or has in an older version: its grant stays if there is one. */
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

/** The state of a link whose needs are not known yet: nothing may be removed. */
export const unreadState = (link: Link): ContributorState => ({ kind: 'unread', link });
