/** `definitionGrowth: Hold`: a changed definition does not widen a role by itself, whichever link's update meets it. */
import type { Contribution, ContributorState } from '../desired/contribution.ts';
import type { ObservedPolicy } from '../observed/objects.ts';
import type { PlanProblem } from './action.ts';
import { isAllowedBy } from './statements.ts';

/** What is reported of a link whose growth is held. */
export const GROWTH_HELD: PlanProblem = {
  leg: 'permissions',
  reason: 'GrowthHeld',
  message:
    'The definition changed and needs more permissions, and the account does not let a definition widen the role by itself ' +
    '(definitionGrowth: Hold): review "kubectl crossaccountlink plan" and edit the link.',
};

export interface HeldGrowth {
  /** The contributors, with nothing to add for those whose growth is held. */
  readonly states: readonly ContributorState[];
  /** UIDs of the links whose growth is held. While there are any, what the role's policy says stays: nobody knows what of
   *  it they had. */
  readonly held: ReadonlySet<string>;
}

/** @param waits whether a link's needs, where they are more than stands, wait for its edit
 *  @param policy the operator's own on the role, as it stands */
export function holdGrowth(
  states: readonly ContributorState[],
  waits: (contribution: Contribution) => boolean,
  policy: ObservedPolicy | undefined,
): HeldGrowth {
  const standing = policy?.kind === 'parsed' ? policy.document.statements : [];
  const held = new Set<string>();
  const counted = states.map((state): ContributorState => {
    if (state.kind !== 'active' || !waits(state.contribution)) return state;
    const { contribution } = state;
    if (contribution.permissions.every((statement) => isAllowedBy(statement, standing))) return state;
    held.add(contribution.link.uid);
    return { kind: 'active', contribution: { ...contribution, permissions: [] } };
  });
  return { states: counted, held };
}
