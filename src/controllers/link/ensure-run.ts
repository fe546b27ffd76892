/** One reconcile on the way up: the link, how closely it is looked at, and what was found and done so far. */
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { ReadPolicy } from './read-policy.ts';
import type { ReconcileRecord } from './reconcile-record.ts';

export interface EnsureRun {
  readonly resolved: ResolvedLink;
  readonly readPolicy: ReadPolicy;
  /** Grows. */
  readonly record: ReconcileRecord;
}
