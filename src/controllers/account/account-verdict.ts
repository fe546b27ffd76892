/** What AWS says about a connection → what the AWSAccount's conditions say. */
import { removeCondition, setCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/generated.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Identity } from '../../aws/identity.ts';

export interface AccountVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: Reason;
  readonly message: string;
  readonly identityArn?: string;
}

export function verdictOf(identity: Identity): AccountVerdict {
  switch (identity.kind) {
    case 'verified':
      return {
        status: 'True',
        reason: 'Connected',
        message: `The operator acts as ${identity.identityArn}.${ofDisabledRegion(identity)}`,
        identityArn: identity.identityArn,
      };
    case 'wrongAccount':
      return {
        status: 'False',
        reason: 'WrongAccount',
        message: `The credentials lead to account ${identity.answered} (${identity.identityArn}): correct accountID or assumeRole.arn.`,
      };
    case 'denied':
      return { status: 'False', reason: 'AccessDenied', message: `${identity.message}.` };
    case 'unreachable':
      return { status: 'Unknown', reason: 'Unavailable', message: `${identity.message}.` };
  }
}

/** Stalled only where no retry helps; an account that cannot be reached may come back by itself. */
export function accountConditions(
  before: readonly Condition[],
  { status, reason, message }: AccountVerdict,
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const ready = setCondition(before, { type: 'Ready', status, reason, message, observedGeneration }, now);
  const stalled =
    status === 'False'
      ? setCondition(ready, { type: 'Stalled', status: 'True', reason, message, observedGeneration }, now)
      : removeCondition(ready, 'Stalled');
  return status === 'Unknown'
    ? setCondition(stalled, { type: 'Reconciling', status: 'True', reason, message, observedGeneration }, now)
    : removeCondition(stalled, 'Reconciling');
}

function ofDisabledRegion({ fallback }: Extract<Identity, { kind: 'verified' }>): string {
  if (fallback === undefined) return '';
  const { disabledRegion, usedRegion } = fallback;
  return ` STS is not enabled in ${disabledRegion}, so that of ${usedRegion} is used: enable the Region in this account and the operator's, or set spec.region.`;
}
