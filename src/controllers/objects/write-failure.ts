/** A pass over an AWS object that broke off. */
import { AwsFailure } from '../../aws/errors.ts';
import type { Action } from '../../plan/action.ts';

/** A write that failed, with what went through before it. */
export class WriteFailure extends Error {
  override readonly name = 'PassFailure';
  readonly action: Action;
  readonly failure: AwsFailure;
  readonly applied: readonly Action[];
  /** What somebody else had changed and the pass has put right, the failed write included if only its answer was lost. */
  readonly repairs: readonly Action[];

  constructor(action: Action, failure: AwsFailure, applied: readonly Action[], repairs: readonly Action[]) {
    super(failure.message, { cause: failure });
    this.action = action;
    this.failure = failure;
    this.applied = applied;
    this.repairs = repairs;
  }
}

/** What a reconcile has done so far. */
interface Done {
  readonly applied: Action[];
  readonly repairs: Action[];
}

/** The AWS failure in what a pass threw, what went through before it noted in `done`. Anything else is thrown on. */
export function failureOf(error: unknown, done: Done): AwsFailure {
  if (error instanceof WriteFailure) {
    done.applied.push(...error.applied);
    done.repairs.push(...error.repairs);
    return error.failure;
  }
  if (error instanceof AwsFailure) return error;
  throw error;
}
