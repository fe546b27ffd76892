/** The expected state of a condition, and what is reported if it is different. */
import type { AWSAccount } from '../../../src/api/awsaccount.ts';
import { findCondition, type ConditionType } from '../../../src/api/conditions.ts';
import type { CrossAccountLink } from '../../../src/api/crossaccountlink.ts';

/** The expected state of a condition; what is left out may be anything. */
export interface Expectation {
  readonly type?: ConditionType;
  readonly status?: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: RegExp;
}

/** Throws everything that the status says, unless it is about the latest spec and as expected. */
export function expectCondition(
  object: CrossAccountLink | AWSAccount,
  { type = 'Ready', status, reason, message }: Expectation,
): void {
  const condition = findCondition(object.status.conditions, type);
  const asExpected =
    condition !== undefined &&
    object.status.observedGeneration === object.metadata.generation &&
    (status === undefined || condition.status === status) &&
    (reason === undefined || condition.reason === reason) &&
    (message === undefined || message.test(condition.message));
  if (!asExpected) throw new Error(summary(object));
}

export function summary({ metadata, status }: CrossAccountLink | AWSAccount): string {
  const conditions = (status.conditions ?? []).map(
    (condition) => `${condition.type}=${condition.status} ${condition.reason}: ${condition.message}`,
  );
  return [`generation ${metadata.generation}, observed ${status.observedGeneration}`, ...conditions].join(
    '\n  ',
  );
}
