/** What AWS says about a connection → the conditions of the AWSAccount. */
import { findCondition, removeCondition, setCondition } from '../../api/conditions.ts';
import { QUEUE_UNREAD, type AWSAccount } from '../../api/awsaccount.ts';
import { counted } from '../../base/counted.ts';
import type { Condition, UnlinkedRolesStatus } from '../../api/generated.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Identity } from '../../aws/calls/identity.ts';
import { FinalizerRefused } from '../../kubernetes/finalizers.ts';
import { finalizerRefused, finalizerStays } from '../../report/finalizer-refused.ts';

export interface AccountVerdict {
  readonly status: 'True' | 'False';
  readonly reason: Reason;
  readonly message: string;
  readonly identityArn?: string;
  /** The operator's identity before it assumes the account's role. */
  readonly baseArn?: string;
  /** Whether this may pass by itself: AWS is asked again until it answers. */
  readonly mayPass?: boolean;
}

/** The verdict for an account in which the operator has this identity. */
export function verdictOf(identity: Identity): AccountVerdict {
  switch (identity.kind) {
    case 'verified':
      return {
        status: 'True',
        reason: 'Connected',
        message: `The operator acts as ${identity.identityArn}.${ofDisabledRegion(identity)}`,
        identityArn: identity.identityArn,
        ...(identity.baseArn !== undefined && { baseArn: identity.baseArn }),
      };
    case 'wrongAccount':
      return {
        status: 'False',
        reason: 'WrongAccount',
        message: `The credentials belong to account ${identity.answered} (${identity.identityArn}): correct assumeRole.arn, or create the AWSAccount again with that accountID.`,
      };
    case 'denied':
      return { status: 'False', reason: 'AccessDenied', message: `${identity.message}.` };
    case 'unreachable':
      return { status: 'False', reason: 'Unavailable', message: `${identity.message}.`, mayPass: true };
  }
}

/** The verdict for an AWSAccount if another one speaks for the account.
 *  @param holder name of that other AWSAccount */
export function twinVerdict(holder: string): AccountVerdict {
  const message = `AWSAccount ${holder} has the same accountID and is older: delete one of the two.`;
  return { status: 'False', reason: 'DuplicateAccount', message };
}

/** The verdict for an AWSAccount whose finalizer the cluster refuses to add, so that it could go before its links, or refuses
 *  to remove, so that it cannot go. Undefined for any other error. */
export function finalizerVerdict(error: unknown): AccountVerdict | undefined {
  if (!(error instanceof FinalizerRefused)) return undefined;
  const { message } =
    error.change === 'added' ? finalizerRefused(error.message) : finalizerStays(error.message);
  return { status: 'False', reason: 'FinalizerRefused', message };
}

/** The verdict for an account with valid sessions in which a service does not answer, or whose event queue cannot be read:
 *  links work without that.
 *  @param queueProblem why the queue cannot be read */
export function outageVerdict(
  verdict: AccountVerdict,
  outage: string | undefined,
  queueProblem: string | undefined,
): AccountVerdict {
  if (verdict.status !== 'True') return verdict;
  if (outage !== undefined)
    return { ...verdict, status: 'False', reason: 'Unavailable', message: `${outage}.`, mayPass: true };
  if (queueProblem === undefined) return verdict;
  const unread = `${QUEUE_UNREAD}, so drift is found only by polling: ${queueProblem}.`;
  return { ...verdict, message: `${verdict.message} ${unread}` };
}

/** The verdict for an AWSAccount that is deleted while links hold it: it goes on working for them. */
export function inUseVerdict(links: number, verdict: AccountVerdict): AccountVerdict {
  const count = `${counted(links, 'link')} still ${links === 1 ? 'has' : 'have'}`;
  const problem =
    verdict.status === 'True' ? '' : ` The account cannot be reached, either: ${verdict.message}`;
  return {
    status: 'False',
    reason: 'InUse',
    message: `${count} the account as source or target: delete ${links === 1 ? 'it' : 'them'} first.${problem}`,
    ...(verdict.identityArn !== undefined && { identityArn: verdict.identityArn }),
  };
}

/** Since when the account could not be reached, as an earlier process reported it, in milliseconds since 1970. Undefined if it
 *  could be reached, or the status is about something else. */
export function unreachableSinceIn(conditions: readonly Condition[]): number | undefined {
  const ready = findCondition(conditions, 'Ready');
  if (ready === undefined || ready.status === 'True' || !OUTAGES.has(ready.reason)) return undefined;
  const since = Date.parse(ready.lastTransitionTime);
  return Number.isNaN(since) ? undefined : since;
}

const OUTAGES: ReadonlySet<string> = new Set<Reason>(['AccessDenied', 'Unavailable', 'WrongAccount']);

export interface AccountFacts {
  readonly links: number;
  /** RFC 3339; undefined if the links were not compared since. */
  readonly lastCheck: string | undefined;
  /** Undefined while not known. */
  readonly unlinkedRoles: UnlinkedRolesStatus | undefined;
}

/** Makes the status. What was known before stays if nothing newer is known. */
export function accountStatus(
  { metadata, spec, status }: AWSAccount,
  { identityArn }: AccountVerdict,
  conditions: readonly Condition[],
  { links, lastCheck, unlinkedRoles: unlinked }: AccountFacts,
) {
  const identityARN = identityArn ?? status.identityARN;
  const lastDriftCheckTime = lastCheck ?? status.lastDriftCheckTime;
  // With roles read one by one, roles that no link names are never seen.
  const knownBefore = spec.roleReads === 'PerRole' ? undefined : status.unlinkedRoles;
  const unlinkedRoles = unlinked ?? knownBefore;
  return {
    observedGeneration: metadata.generation,
    links,
    ...(identityARN !== undefined && { identityARN }),
    ...(lastDriftCheckTime !== undefined && { lastDriftCheckTime }),
    ...(unlinkedRoles !== undefined && unlinkedRoles.total > 0 && { unlinkedRoles }),
    conditions,
  };
}

/** Stalled only if no retry helps: an account that cannot be reached may come back by itself. */
export function accountConditions(
  before: readonly Condition[],
  { status, reason, message, mayPass = false }: AccountVerdict,
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const ready = setCondition(before, { type: 'Ready', status, reason, message, observedGeneration }, now);
  const stalled =
    status === 'False' && !mayPass
      ? setCondition(ready, { type: 'Stalled', status: 'True', reason, message, observedGeneration }, now)
      : removeCondition(ready, 'Stalled');
  return mayPass
    ? setCondition(stalled, { type: 'Reconciling', status: 'True', reason, message, observedGeneration }, now)
    : removeCondition(stalled, 'Reconciling');
}

function ofDisabledRegion({ fallback }: Extract<Identity, { kind: 'verified' }>): string {
  if (fallback === undefined) return '';
  const { disabledRegion, usedRegion } = fallback;
  return ` STS is not enabled in ${disabledRegion}, so that of ${usedRegion} is used: enable the Region in this account and the operator's (it is tried again within half an hour), or set spec.region.`;
}
