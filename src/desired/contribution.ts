/** What one link asks of the AWS objects it touches, and how it stands towards objects it shares. */
import type { Leg } from './leg.ts';
import type { Statement } from '../policy/document.ts';
import type { Link } from './link.ts';

/** Everything one link wants, once its machine is read and the access rules agree. */
export interface Contribution {
  readonly link: Link;
  /** Execution roles that have to be let in: the machine's own, then those that old definitions still run under. */
  readonly executionRoleArns: readonly string[];
  readonly permissions: readonly Statement[];
  /** False while a Task that still runs needs permissions which can no longer be told: what stands stays for it. */
  readonly permissionsComplete: boolean;
  /** Names of the Tasks whose Credentials are the link's. */
  readonly tasks: readonly string[];
  /** Those of them that named the link's role when it was last in order: what somebody put there since is drift. */
  readonly ownedTasks: readonly string[];
  /** Whether role, trust, permissions and grant stand and have propagated, so that the definition may follow. */
  readonly rolesReady: boolean;
}

export type ContributorState =
  | { readonly kind: 'active'; readonly contribution: Contribution }
  /** Suspended, denied, or out of reach: it adds nothing, and while it is so nothing is removed. */
  | { readonly kind: 'frozen'; readonly link: Link }
  /** Not yet read in this process: absence is not evidence. */
  | { readonly kind: 'unread'; readonly link: Link }
  /** Its turn to go has come: what it added may go with it. */
  | { readonly kind: 'departing'; readonly link: Link };

export function contributions(contributorStates: readonly ContributorState[]): readonly Contribution[] {
  return contributorStates.flatMap((contributor) =>
    contributor.kind === 'active' ? [contributor.contribution] : [],
  );
}

export function linkOf(contributor: ContributorState): Link {
  return contributor.kind === 'active' ? contributor.contribution.link : contributor.link;
}

/** Whether something may be taken off an object: only when every possible contributor is known and none is held. */
export function mayShrink(contributorStates: readonly ContributorState[]): boolean {
  return contributorStates.every(({ kind }) => kind === 'active' || kind === 'departing');
}

/** A link that has to give way to an older one on a shared object. */
export interface ContributorConflict {
  readonly linkKey: string;
  readonly leg: Leg;
  readonly reason: 'Conflict' | 'GrantTooLarge' | 'TrustPolicyTooLarge';
  readonly message: string;
}

/** The standings as a link that stays goes by them. What another adds is taken away by its own deletion and nobody
 *  else. A leg that the link itself only observes counts as enforced, for that is what its report is about. */
export function asSeenBy(
  link: Link,
  contributorStates: readonly ContributorState[],
): readonly ContributorState[] {
  return contributorStates.map((contributor) => {
    if (contributor.kind === 'departing') return { kind: 'frozen', link: contributor.link };
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
