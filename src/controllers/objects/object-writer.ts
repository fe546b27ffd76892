/** The writes of one update: makes those that depend on no failed one, and reports the drift that they undid. */
import type { RoleArn } from '../../arn/arn.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { Action } from '../../plan/action.ts';
import { roleAfter } from '../../plan/role-after.ts';
import { namesOfChanges, withoutChanges, type ObjectChanges } from '../../plan/drift.ts';
import { reliesOn } from '../../plan/write-dependencies.ts';
import type { IamPropagation } from '../state/iam-propagation.ts';
import type { RepairBackoff } from '../state/repair-backoff.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import type { FailedWrite, ObjectUpdate, UpdateResult } from './object-update.ts';
import { WriteFailure } from './write-failure.ts';

/** The result of the writes. */
type Written = Pick<UpdateResult, 'applied' | 'unmade' | 'failures' | 'repairs' | 'unrepaired'>;

export class ObjectWriter {
  readonly #machines: StateMachineCache;
  readonly #propagation: IamPropagation;
  readonly #repairBackoff: RepairBackoff;

  constructor(machines: StateMachineCache, propagation: IamPropagation, repairBackoff: RepairBackoff) {
    this.#machines = machines;
    this.#propagation = propagation;
    this.#repairBackoff = repairBackoff;
  }

  /** Makes every write that does not depend on a failed one. Stops if AWS is out of reach or asks for patience.
   *  @param drift the part of the writes that undoes what somebody else did
   *  @throws WriteFailure from a deletion, or when nothing may be written any more */
  async writeRole(
    update: ObjectUpdate & { readonly arn: RoleArn },
    actions: readonly Action[],
    before: ObservedRole | undefined,
    drift: readonly ObjectChanges[],
  ): Promise<Written & { readonly role: ObservedRole | undefined }> {
    const { arn } = update;
    const applied: Action[] = [];
    const unmade: Action[] = [];
    const failures: FailedWrite[] = [];
    let role = before;
    for (const action of actions) {
      const goesOn = failures.every(({ failure }) => isAboutOneWrite(failure)) && !reliesOn(action, unmade);
      const answer = goesOn ? await this.#write(update, action, applied, drift) : undefined;
      if (answer === undefined || answer.kind === 'failed') {
        unmade.push(action);
        if (answer !== undefined) failures.push({ action, failure: answer.failure });
        continue;
      }
      this.#propagation.written(arn.text);
      role = roleAfter(role, action, answer.roleId);
      applied.push(action);
    }
    return { applied, unmade, failures, role, ...this.#noteDrift(arn.text, drift, unmade, failures) };
  }

  /** Writes the definition. @throws as {@link writeRole} */
  async writeStateMachine(
    update: ObjectUpdate & { readonly arn: string },
    planned: Action,
    before: MachineView,
    drift: readonly ObjectChanges[],
  ): Promise<Written & { readonly view: MachineView }> {
    const { arn } = update;
    const action = this.#repairBackoff.isOn(arn) ? withoutVersion(planned) : planned;
    const answer = await this.#write(update, action, [], drift);
    if (answer.kind === 'failed') {
      const failures = [{ action, failure: answer.failure }];
      return {
        applied: [],
        unmade: [action],
        failures,
        ...this.#noteDrift(arn, drift, [action], failures),
        view: before,
      };
    }
    if (action.operation === 'UpdateStateMachine') {
      const { revisionId: _, ...machine } = before.machine;
      const revision = answer.revisionId === undefined ? {} : { revisionId: answer.revisionId };
      await this.#machines.written({ ...machine, ...revision, definition: action.definition });
    }
    const after = this.#machines.known(arn);
    const view = after?.kind === 'found' ? after.view : before;
    return { applied: [action], unmade: [], failures: [], ...this.#noteDrift(arn, drift, [], []), view };
  }

  /** Tells drift that was undone from drift that stays. A write whose answer was lost counts as made. */
  #noteDrift(
    object: string,
    drift: readonly ObjectChanges[],
    unmade: readonly Action[],
    failures: readonly FailedWrite[],
  ) {
    const lost = new Set(
      failures.filter(({ failure }) => failure.outcomeUnknown).map(({ action }) => action),
    );
    const stays = unmade.filter((action) => !lost.has(action));
    const repairs = withoutChanges(drift, namesOfChanges(stays));
    if (repairs.length > 0) this.#repairBackoff.repaired(object);
    return { repairs, unrepaired: withoutChanges(drift, namesOfChanges(repairs)) };
  }

  /** Makes one write. A deletion removes in order, so it breaks off at the first write that fails. */
  async #write(
    { aws, options, linkKey }: ObjectUpdate,
    action: Action,
    applied: readonly Action[],
    drift: readonly ObjectChanges[],
  ) {
    try {
      return { kind: 'made', ...(await aws.apply(action, options.callOptions, [linkKey])) } as const;
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      this.#machines.doubt(action.object);
      if (!options.isDeletion && error.kind !== 'fenced') return { kind: 'failed', failure: error } as const;
      const made = error.outcomeUnknown ? [...applied, action] : applied;
      const repairs = withoutChanges(drift, namesOfChanges(withoutChanges(drift, namesOfChanges(made))));
      throw new WriteFailure(action, error, applied, repairs);
    }
  }
}

/** Whether the failure concerns this write only, so that other writes to the same account may still go through. */
function isAboutOneWrite({ kind }: AwsFailure): boolean {
  return kind === 'terminal' || kind === 'waiting' || kind === 'notFound' || kind === 'conflict';
}

/** Publishes no version. If somebody keeps changing the definition back, each repair would publish one, and a state machine can
 *  have a thousand. */
function withoutVersion(action: Action): Action {
  return action.operation === 'UpdateStateMachine' ? { ...action, publishVersion: false } : action;
}
