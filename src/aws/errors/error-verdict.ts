/** What follows from an error of AWS: a kind (what the controller does about it), a reason (what the condition says), an
 *  advice (what a person can do). */

export type FailureKind =
  /** No retry helps until a person changes something. */
  | 'terminal'
  /** Not yet: IAM has not caught up. The controller limits for how long it believes that. */
  | 'waiting'
  | 'throttled'
  /** Network, timeouts, AWS's own faults: again, with backoff. */
  | 'retryable'
  /** The object has changed since it was read: read again, plan again. */
  | 'conflict'
  | 'notFound'
  /** This process may no longer write, because it may have lost the lease. */
  | 'fenced'
  /** The lane has no token for the call within the time that the caller would wait. */
  | 'laneBusy';

export type FailureReason =
  | 'AccessDenied'
  | 'AccountNotReady'
  | 'Conflict'
  | 'DefinitionRefused'
  | 'DefinitionTooLarge'
  | 'GrantTooLarge'
  | 'KeyAccessDenied'
  | 'LoggingDenied'
  | 'ManagedRuleDenied'
  | 'NotFound'
  | 'NotLeader'
  | 'PolicyRefused'
  | 'Propagating'
  | 'QuotaExceeded'
  | 'RequestRefused'
  | 'Throttled'
  | 'TrustPolicyTooLarge'
  | 'Unavailable';

/** What follows from an error. */
export interface Verdict {
  readonly kind: FailureKind;
  readonly reason: FailureReason;
  /** What to do, as the end of the sentence. */
  readonly advice: string;
  /** Whether AWS's own words stay out of the message: they contain parts of the signed request. */
  readonly hideWording?: boolean;
}
