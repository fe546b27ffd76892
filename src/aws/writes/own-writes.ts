/**
 * IAM's delay covers the operator's own writes: they are allowed by the tags and the boundary that it put on a role a moment
 * ago, and are denied until IAM has spread these; and a role that was just made may not be there for the next call. So
 * long a denial, or that there is no such role, means "not yet".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
import { IAM_SPREADING_MS } from '../../observed/iam-delay.ts';
import type { Action } from '../../plan/action.ts';
import { isImplicitDenial, notYet, type AwsFailure } from '../errors/errors.ts';

/** Writes that others are conditioned on: `aws:ResourceTag` and `iam:PermissionsBoundary` in what `bootstrap` prints. */
const CONDITIONS_OF_OTHERS: ReadonlySet<string> = new Set([
  'CreateRole',
  'PutRolePermissionsBoundary',
  'TagRole',
]);

export class OwnWrites {
  readonly #now: () => number;
  /** Role ARN → when it last got a tag or a boundary, the oldest first. */
  readonly #taggedAt = new Map<string, number>();
  /** Role ARN → when it was made, the oldest first. */
  readonly #madeAt = new Map<string, number>();

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** To be called for each write that took effect, or may have. */
  written({ operation, object }: Action): void {
    if (CONDITIONS_OF_OTHERS.has(operation)) this.#note(this.#taggedAt, object);
    if (operation === 'CreateRole') this.#note(this.#madeAt, object);
    if (operation === 'DeleteRole') this.#madeAt.delete(object);
  }

  #note(times: Map<string, number>, object: string): void {
    const now = this.#now();
    times.delete(object);
    times.set(object, now);
    for (const [role, at] of times) {
      if (now - at < IAM_SPREADING_MS) break;
      times.delete(role);
    }
  }

  /** The failure, as `waiting` where what was written may not have spread. An explicit denial has nothing to wait for, nor
   *  has a managed policy that does not exist. */
  judge(failure: AwsFailure): AwsFailure {
    const { code, message } = failure;
    if (isImplicitDenial(failure) && this.#isRecent(this.#taggedAt, failure))
      return notYet(
        failure,
        "denied, which may be because IAM has not yet spread the role's new tags or boundary",
      );
    const isMissing = code === 'NoSuchEntity' && !message.includes('not attachable');
    if (isMissing && this.#isRecent(this.#madeAt, failure))
      return notYet(
        failure,
        'not found, which may be because IAM has not yet spread the role that was just made',
      );
    return failure;
  }

  #isRecent(times: ReadonlyMap<string, number>, { subject }: AwsFailure): boolean {
    const at = times.get(subject.object);
    return at !== undefined && this.#now() - at < IAM_SPREADING_MS;
  }
}
