/** The Credentials in a definition, for all links of the state machine. */
import type { AccountAws } from '../../aws/account-aws.ts';
import { inTurns } from '../../base/turns.ts';
import type { ContributorState } from '../../desired/contribution.ts';
import { desiredCredentials } from '../../desired/credentials.ts';
import type { Link } from '../../desired/link.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import { credentialsPlanInParts, type CredentialsPlan } from '../../plan/credentials.ts';
import { hideIn, hideRoles, type IsHidden } from '../../plan/hidden-roles.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { StateMachineUpdateResult } from './object-reconciler.ts';
import {
  countedFor,
  sharedPlan,
  type SharedObjectParts,
  type SharedPlan,
  type UpdateOptions,
} from './object-update.ts';

export class CredentialsReconciler {
  readonly #parts: SharedObjectParts;

  constructor(parts: SharedObjectParts) {
    this.#parts = parts;
  }

  /** Reads the state machine, plans which role each of its Tasks has to name, and writes that where the link enforces
   *  it.
   *  @param rolesReady whether a link that only observes the definition is to be planned for as if its roles were ready
   *  Writes that fail stand in the result. @throws AwsFailure when the state machine cannot be read, WriteFailure from a
   *  deletion, or when nothing may be written any more */
  reconcile(
    resolved: ResolvedLink,
    aws: AccountAws,
    options: UpdateOptions,
    rolesReady = false,
  ): Promise<StateMachineUpdateResult> {
    const { link } = resolved;
    const enforced = link.legs.stateMachineCredentials === 'Enforce';
    return this.#parts.objects.updateStateMachine({
      aws,
      arn: link.stateMachine.text,
      linkKey: link.key,
      options,
      enforced,
      plan: (view) => this.#plan(resolved, options, view, rolesReady && !enforced),
    });
  }

  /** In turns: a large definition holds up nobody. */
  async #plan(
    { link }: ResolvedLink,
    options: UpdateOptions,
    { machine, definition }: MachineView,
    rolesReady: boolean,
  ): Promise<SharedPlan<CredentialsPlan>> {
    const { contributors, edits, othersRoles } = this.#parts;
    await contributors.workOut(contributors.linksBy('stateMachine', link.stateMachine.text));
    const counted = countedFor(
      link,
      options,
      contributors.contributorStates('stateMachine', link.stateMachine.text, link),
    );
    const states = rolesReady ? counted.map((state) => withRolesReady(state, link)) : counted;
    const desired = desiredCredentials(link.stateMachine.text, states);
    const plan = await inTurns(credentialsPlanInParts(desired, machine, definition));
    const onlyAdds = plan.actions.every(({ changes }) => changes.every(({ before }) => before === undefined));
    return sharedPlan(
      // The links that stay add what they miss themselves.
      withoutOthers(
        options.isDeletion && onlyAdds ? { ...plan, actions: [] } : plan,
        othersRoles.seenBy(link),
      ),
      desired,
      link,
      desired.conflicts,
      states,
      () => edits.of(contributors.linksBy('stateMachine', link.stateMachine.text)),
    );
  }
}

function withoutOthers(plan: CredentialsPlan, isHidden: IsHidden): CredentialsPlan {
  const foreign = plan.foreign.map(({ task, found }) => ({ task, found: hideIn(found, isHidden) }));
  return { ...hideRoles(plan, isHidden), foreign };
}

function withRolesReady(state: ContributorState, { uid }: Link): ContributorState {
  if (state.kind !== 'active' || state.contribution.link.uid !== uid) return state;
  return { ...state, contribution: { ...state.contribution, rolesReady: true } };
}
