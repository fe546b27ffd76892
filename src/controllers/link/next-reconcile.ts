/** When a link is reconciled again. */
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { pausesLonger, requeueFor } from '../objects/failure-handling.ts';
import type { LinkRecollection } from '../state/link-memory.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { FailedReconcile } from './failed-reconcile.ts';
import { nextCheckMs, stateMachineRecheckMs } from './read-policy.ts';
import type { ReconcileRecord } from './reconcile-record.ts';

/** Pause after a failure that came after something had got done. */
const AFTER_PROGRESS_MS = 250;

export interface Timing {
  readonly memory: LinkRecollection;
  /** Between two drift checks, where the link does not say. */
  readonly defaultDriftCheckMs: number;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

/** @throws the failure, where the queue is to try again with growing pauses: they grow only as long as nothing gets on */
export function nextReconcile(
  resolved: ResolvedLink,
  record: ReconcileRecord,
  failed: FailedReconcile | undefined,
  { memory, defaultDriftCheckMs, random, wallMs }: Timing,
): ReconcileResult {
  const checkMs = nextCheckMs(resolved, defaultDriftCheckMs, random);
  const afterMs = record.againAfterMs ?? Math.min(checkMs, recheckMs(resolved, record, wallMs));
  if (failed === undefined) return { requeueAfterMs: afterMs };
  const getsOn = hasProgressed(record, memory);
  return getsOn && pausesLonger(failed.retry)
    ? { requeueAfterMs: AFTER_PROGRESS_MS * (1 + random()) }
    : requeueFor(failed.retry, failed.failure, afterMs);
}

/** Whether the reconcile, though it failed, wrote something or got further than the one before. */
function hasProgressed({ applied, legs }: ReconcileRecord, memory: LinkRecollection): boolean {
  const inSync = Object.values(legs).filter(({ kind }) => kind === 'inSync').length;
  const isFurther = inSync > (memory.legsInSync ?? inSync);
  memory.legsInSync = inSync;
  return applied.length > 0 || isFurther;
}

function recheckMs({ object }: ResolvedLink, { legs }: ReconcileRecord, wallMs: number): number {
  const leg = legs.stateMachineCredentials;
  if (leg?.kind !== 'stalled' || leg.reason !== 'StateMachineNotFound') return Infinity;
  return stateMachineRecheckMs(wallMs - Date.parse(object.metadata.creationTimestamp));
}
