/** An update of an AWS object that broke off. */
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Action } from '../../plan/action.ts';
import type { ObjectChanges } from '../../plan/drift.ts';

/** A write that failed, with the writes that were made before it. */
export class WriteFailure extends Error {
  override readonly name = 'WriteFailure';
  readonly action: Action;
  readonly failure: AwsFailure;
  readonly applied: readonly Action[];
  /** Which of them undid what somebody else had changed. The failed write is among them only if its answer was lost. */
  readonly repairs: readonly ObjectChanges[];

  constructor(
    action: Action,
    failure: AwsFailure,
    applied: readonly Action[],
    repairs: readonly ObjectChanges[],
  ) {
    super(failure.message, { cause: failure });
    this.action = action;
    this.failure = failure;
    this.applied = applied;
    this.repairs = repairs;
  }
}

/** What AWS refused in the middle of a reconcile. */
export interface Interruption {
  readonly failure: AwsFailure;
  /** The leg whose write failed; undefined when a read did. */
  readonly leg: Leg | undefined;
  /** As in {@link WriteFailure}. */
  readonly applied: readonly Action[];
  readonly repairs: readonly ObjectChanges[];
}

/** What interrupted a reconcile, if it was AWS.
 *  @throws anything else that was thrown */
export function interruptionBy(error: unknown): Interruption {
  if (error instanceof WriteFailure) {
    const { failure, action, applied, repairs } = error;
    return { failure, leg: action.leg, applied, repairs };
  }
  if (error instanceof AwsFailure) return { failure: error, leg: undefined, applied: [], repairs: [] };
  throw error;
}
