/**
 * IAM's delay after the operator's own writes. These are allowed by the tags and the boundary that it put on a role a moment
 * ago, and are denied until IAM has spread them; and a role that was just made may not be found by the next call. For so long a
 * denial, or that there is no such role, means "not yet".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
import { IAM_SPREADING_MS } from '../../observed/iam-delay.ts';
import type { Action } from '../../plan/action.ts';
import { isImplicitDenial, notYet, type AwsFailure } from '../errors/errors.ts';

/** Writes on which others depend: by `aws:ResourceTag` and `iam:PermissionsBoundary` in what `bootstrap` prints. */
const CONDITIONS_OF_OTHERS: ReadonlySet<string> = new Set([
  'CreateRole',
  'PutRolePermissionsBoundary',
  'TagRole',
]);

export class OwnWrites {
  readonly #now: () => number;
  /** Role ARN → when it last got a tag or a boundary, the oldest first. */
  readonly #taggedAt = new Map<string, number>();
  /** A role, or something on one (`thingOf`) → when it was written, the oldest first. */
  readonly #putAt = new Map<string, number>();

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** To be called for each write that was made, or may have been. */
  written(action: Action): void {
    if (CONDITIONS_OF_OTHERS.has(action.operation)) this.#note(this.#taggedAt, action.object);
    const thing = thingOf(action);
    if (thing === undefined) return;
    if (PUTS.has(action.operation)) this.#note(this.#putAt, thing);
    else this.#putAt.delete(thing);
  }

  /** Whether a removal concerns something that was written so recently that IAM may say that it does not exist: if that were
   *  believed, it would be left behind. */
  isUnspread(removal: Action): boolean {
    const thing = thingOf(removal);
    return thing !== undefined && !PUTS.has(removal.operation) && this.#isRecent(this.#putAt, thing);
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

  /** The failure of a write, as `waiting` if an earlier write may not have spread yet. For an explicit denial there is nothing
   *  to wait for, nor for a managed policy that does not exist. */
  judge(failure: AwsFailure, action: Action): AwsFailure {
    const { code, message } = failure;
    if (isImplicitDenial(failure) && this.#isRecent(this.#taggedAt, action.object))
      return notYet(
        failure,
        "denied, which may be because IAM has not yet spread the role's new tags or boundary",
      );
    const isMissing = code === 'NoSuchEntity' && !message.includes('not attachable');
    if (isMissing && this.#isRecent(this.#putAt, action.object))
      return notYet(
        failure,
        'not found, which may be because IAM has not yet spread the role that was just made',
      );
    if (isMissing && this.isUnspread(action))
      return notYet(
        failure,
        'not found, which may be because IAM has not yet spread what was just put there',
      );
    return failure;
  }

  #isRecent(times: ReadonlyMap<string, number>, thing: string): boolean {
    const at = times.get(thing);
    return at !== undefined && this.#now() - at < IAM_SPREADING_MS;
  }
}

const PUTS: ReadonlySet<string> = new Set(['CreateRole', 'PutRolePolicy', 'AttachRolePolicy']);

/** What a write adds or removes: a role, by its ARN, or a policy on it; undefined for any other write. */
function thingOf(action: Action): string | undefined {
  switch (action.operation) {
    case 'CreateRole':
    case 'DeleteRole':
      return action.object;
    case 'PutRolePolicy':
    case 'DeleteRolePolicy':
      return `${action.object} ${action.policyName}`;
    case 'AttachRolePolicy':
    case 'DetachRolePolicy':
      return `${action.object} ${action.policyArn}`;
    default:
      return undefined;
  }
}
