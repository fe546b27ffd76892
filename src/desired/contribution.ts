/** What one link needs of the AWS objects that it names, and its state as a contributor to those that it shares. */
import type { Leg } from './leg.ts';
import type { Statement } from '../policy/document.ts';
import type { Link } from './link.ts';

/** Everything that one link needs, once its state machine is read and the access rules agree. */
export interface Contribution {
  readonly link: Link;
  /** Execution roles that have to be let in: the state machine's own, then those of older definitions in use. */
  readonly executionRoleArns: readonly string[];
  /** Execution roles of definitions in use, if the account holds growth: what they were granted stays, and nothing is added. */
  readonly keptExecutionRoleArns: readonly string[];
  readonly permissions: readonly Statement[];
  /** Needs of definitions in use, if the account holds growth: as much of them as the role has stays, and nothing is added. */
  readonly keptPermissions: readonly Statement[];
  /** False while a Task that is still in use needs permissions that can no longer be derived: then no permissions are removed. */
  readonly permissionsComplete: boolean;
  /** Names of the Tasks whose Credentials are the link's. */
  readonly tasks: readonly string[];
  /** Those that named the link's role when it was last in sync: a change to them since is drift. */
  readonly tasksInSyncBefore: readonly string[];
  /** Whether role, trust, permissions and grant are in place and have propagated, so that the definition may follow. */
  readonly rolesReady: boolean;
  /** Whether the account holds growth and only the definition has changed since the link was in order: then needs that the role
   *  lacks wait until the link is edited. */
  readonly growthWaits?: boolean;
  /** Set if growth waits: what the link needed when it was last in order, for which it goes on asking. Left out if not known. */
  readonly permissionsBefore?: readonly Statement[];
}

/** What has to be in place before a definition may rely on it. */
export type Needs = Pick<Contribution, 'tasks' | 'permissions' | 'executionRoleArns'>;

export type ContributorState =
  | { readonly kind: 'active'; readonly contribution: Contribution }
  /** Suspended, refused, or without access to AWS: it adds nothing, and meanwhile nothing is removed. */
  | { readonly kind: 'frozen'; readonly link: Link }
  /** This process has not read its state machine yet: nothing can be concluded, and nothing is removed. */
  | { readonly kind: 'unread'; readonly link: Link }
  /** Its deletion has come to this object, or its target role is refused by now: what it added may be removed. */
  | { readonly kind: 'departing'; readonly link: Link };

/** The needs of active links, in the order given; links in any other state contribute nothing. */
export function contributions(contributorStates: readonly ContributorState[]): readonly Contribution[] {
  return contributorStates.flatMap((contributor) =>
    contributor.kind === 'active' ? [contributor.contribution] : [],
  );
}

/** Separates links that stay from links that are being deleted. What the latter have stays until their turn comes, and nothing
 *  is made for them any more. */
export function byStaying(all: readonly Contribution[]): {
  readonly staying: readonly Contribution[];
  readonly leaving: readonly Contribution[];
} {
  const { staying = [], leaving = [] } = Object.groupBy(all, ({ link }) =>
    link.deleting ? 'leaving' : 'staying',
  );
  return { staying, leaving };
}

/** The contribution of a link for which nothing proves that the operator wrote. What an execution role has that may be the
 *  link's stays, and nothing is granted for it before its own reconcile. */
export function keepingGrants(contribution: Contribution): Contribution {
  const { executionRoleArns, keptExecutionRoleArns } = contribution;
  return {
    ...contribution,
    executionRoleArns: [],
    keptExecutionRoleArns: [...new Set([...keptExecutionRoleArns, ...executionRoleArns])],
  };
}

/** Whether nobody knows what the link asks for: it is suspended or refused, or was not read yet. */
export function isSilent({ kind }: ContributorState): boolean {
  return kind === 'frozen' || kind === 'unread';
}

/** The link, whatever its state. */
export function linkOf(contributor: ContributorState): Link {
  return contributor.kind === 'active' ? contributor.contribution.link : contributor.link;
}

/** Whether something may be removed from an object: only if every link that may share it is active or departing. */
export function mayShrink(contributorStates: readonly ContributorState[]): boolean {
  return contributorStates.every(({ kind }) => kind === 'active' || kind === 'departing');
}

/** A link that has to give way to an older one on a shared object. */
export interface ContributorConflict {
  readonly linkKey: string;
  readonly leg: Leg;
  readonly reason: 'Conflict' | 'GrantTooLarge' | 'QuotaExceeded' | 'TrustPolicyTooLarge';
  readonly message: string;
}

/** The states as they count for a link that is not being deleted. Another link that departs counts as frozen, because it
 *  removes by itself what it added. A leg that the link only observes counts as enforced, so that its plan says what would be
 *  written. */
export function asSeenBy(
  link: Link,
  contributorStates: readonly ContributorState[],
): readonly ContributorState[] {
  return contributorStates.map((contributor) => {
    if (contributor.kind === 'departing' && contributor.link.uid !== link.uid)
      return { kind: 'frozen', link: contributor.link };
    if (contributor.kind !== 'active' || contributor.contribution.link.uid !== link.uid) return contributor;
    return { kind: 'active', contribution: { ...contributor.contribution, link: enforcing(link) } };
  });
}

function enforcing(link: Link): Link {
  return {
    ...link,
    legs: { targetRole: 'Enforce', executionRoleGrant: 'Enforce', stateMachineCredentials: 'Enforce' },
  };
}
