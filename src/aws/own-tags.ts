/**
 * IAM's delay covers tags and boundaries: the operator's own writes are allowed by what it put on a role a moment ago, and
 * are denied until IAM has spread that. So long a denial means "not yet".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
import type { Action } from '../plan/action.ts';
import { notYet, type AwsFailure } from './errors.ts';

/** Far longer than IAM was ever seen to take: a denial that stays is told as one after this. */
const SPREADING_MS = 120_000;

/** Writes that others are conditioned on: `aws:ResourceTag` and `iam:PermissionsBoundary` in what `bootstrap` prints. */
const CONDITIONS_OF_OTHERS: ReadonlySet<string> = new Set([
  'CreateRole',
  'PutRolePermissionsBoundary',
  'TagRole',
]);

export class OwnTags {
  readonly #now: () => number;
  /** Role ARN → when it last got a tag or a boundary, the oldest first. */
  readonly #taggedAt = new Map<string, number>();

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** To be told of each write that took effect, or may have. */
  written({ operation, object }: Action): void {
    if (!CONDITIONS_OF_OTHERS.has(operation)) return;
    const now = this.#now();
    this.#taggedAt.delete(object);
    this.#taggedAt.set(object, now);
    for (const [role, at] of this.#taggedAt) {
      if (now - at < SPREADING_MS) break;
      this.#taggedAt.delete(role);
    }
  }

  /** The failure, as `waiting` where the role's tags or boundary may not have spread. An explicit denial has nothing to wait for. */
  judge(failure: AwsFailure): AwsFailure {
    const taggedAt = this.#taggedAt.get(failure.subject.object);
    const isRecent = taggedAt !== undefined && this.#now() - taggedAt < SPREADING_MS;
    const mayCome = failure.reason === 'AccessDenied' && !/explicit deny/i.test(failure.message);
    return isRecent && mayCome ? notYet(failure) : failure;
  }
}
