/**
 * One log line for each reconcile: which link, the outcome, the duration. Most reconciles are checks that find everything as
 * the check before did; these are logged at level debug.
 */
import type { Logger } from 'pino';
import type { AwsFailure } from '../../aws/errors/errors.ts';
import { readyState, type ConditionState } from '../../report/condition-states.ts';
import type { Drift } from '../../report/drift.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import type { LinkObject } from '../state/link-object.ts';

interface Reconciled {
  readonly object: LinkObject;
  readonly record: ReconcileRecord;
  readonly durationMs: number;
  readonly drift: readonly Drift[];
  readonly failure?: AwsFailure | undefined;
  /** The outcome of a deletion, which is in none of the legs. */
  readonly outcome?: ConditionState;
}

export function logReconciled(
  log: Logger,
  { object, record, durationMs, drift, failure, outcome }: Reconciled,
): void {
  const level = record.isAsBefore ? 'debug' : 'info';
  if (!log.isLevelEnabled(level)) return;
  const { link } = object;
  const ready =
    outcome ??
    readyState({
      legs: record.legs,
      ...(record.effective !== undefined && { effective: record.effective }),
    });
  log[level](
    {
      link: link.key,
      source: link.stateMachine.accountId,
      target: link.targetRole.accountId,
      ready: ready.status,
      reason: failure?.reason ?? ready.reason,
      writes: record.applied.length,
      drift: drift.length,
      durationMs: Math.round(durationMs),
      ...(failure !== undefined && { failure: failure.message }),
      ...(record.leftBehind.length > 0 && { leftBehind: record.leftBehind }),
    },
    'reconciled',
  );
}
