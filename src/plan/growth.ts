/** `definitionGrowth: Hold`: a changed definition alone does not widen a role, whichever link is reconciled first. */
import type { Contribution, ContributorState } from '../desired/contribution.ts';
import type { ObservedPolicy } from '../observed/objects.ts';
import type { PlanProblem } from './action.ts';
import { isAllowedBy } from './statements.ts';

/** The problem reported of a link whose growth is held. */
export const GROWTH_HELD: PlanProblem = {
  leg: 'permissions',
  reason: 'GrowthHeld',
  message:
    'The definition changed and needs more permissions, and the account does not let a definition widen the role by itself ' +
    '(definitionGrowth: Hold): review "kubectl crossaccountlink plan" and edit the link.',
};

interface HeldGrowth {
  /** The contributors; those whose growth is held add nothing new. */
  readonly states: readonly ContributorState[];
  /** UIDs of the links whose growth is held. */
  readonly held: ReadonlySet<string>;
  /** Whether everything in the role's policy stays, whoever put it there: nobody knows what of it a link whose growth is held
   *  had needed. */
  readonly policyStays: boolean;
}

/** A link whose growth is held goes on asking for what it needed before. Of its new needs it keeps what the role already has.
 *  @param waits whether a link's needs, if the role lacks some of them, wait for its edit
 *  @param policy the operator's own policy on the role, as AWS has it */
export function holdGrowth(
  states: readonly ContributorState[],
  waits: (contribution: Contribution) => boolean,
  policy: ObservedPolicy | undefined,
): HeldGrowth {
  const standing = policy?.kind === 'parsed' ? policy.document.statements : [];
  const held = new Set<string>();
  let policyStays = false;
  const counted = states.map((state): ContributorState => {
    if (state.kind !== 'active' || !waits(state.contribution)) return state;
    const { contribution } = state;
    const { link, permissions, permissionsBefore, keptPermissions } = contribution;
    if (permissions.every((statement) => isAllowedBy(statement, standing))) return state;
    held.add(link.uid);
    policyStays ||= permissionsBefore === undefined;
    const asked = {
      permissions: permissionsBefore ?? [],
      keptPermissions: [...keptPermissions, ...permissions],
    };
    return { kind: 'active', contribution: { ...contribution, ...asked } };
  });
  return { states: counted, held, policyStays };
}
