/** The Credentials in a definition, for all links of the state machine. */
import type { AccountAws } from '../../aws/account-aws.ts';
import { desiredCredentials } from '../../desired/credentials.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import { planCredentials, type CredentialsPlan } from '../../plan/credentials.ts';
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
   *  Writes that fail stand in the result. @throws AwsFailure when the state machine cannot be read, WriteFailure from a
   *  deletion, or when nothing may be written any more */
  reconcile(
    resolved: ResolvedLink,
    aws: AccountAws,
    options: UpdateOptions,
  ): Promise<StateMachineUpdateResult> {
    const { link } = resolved;
    return this.#parts.objects.updateStateMachine({
      aws,
      arn: link.stateMachine.text,
      linkKey: link.key,
      options,
      enforced: link.legs.stateMachineCredentials === 'Enforce',
      plan: (view) => this.#plan(resolved, options, view),
    });
  }

  #plan(
    { link }: ResolvedLink,
    options: UpdateOptions,
    { machine, definition }: MachineView,
  ): SharedPlan<CredentialsPlan> {
    const { contributors } = this.#parts;
    const states = countedFor(
      link,
      options,
      contributors.contributorStates('stateMachine', link.stateMachine.text),
    );
    const desired = desiredCredentials(link.stateMachine.text, states);
    return sharedPlan(
      planCredentials(desired, machine, definition),
      desired,
      link,
      desired.conflicts,
      states,
    );
  }
}
