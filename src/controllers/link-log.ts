/** One line for each reconcile: what it was about, what it came to, how long it took. */
import type { Logger } from 'pino';
import type { AwsFailure } from '../aws/errors.ts';
import { readyVerdict } from '../report/conditions.ts';
import type { Drift } from '../report/drift.ts';
import type { Build } from './build.ts';
import type { LinkObject } from './link-object.ts';

export interface Reconciled {
  readonly object: LinkObject;
  readonly build: Build;
  readonly durationMs: number;
  readonly drift: readonly Drift[];
  readonly failure?: AwsFailure | undefined;
}

export function logReconciled(log: Logger, { object, build, durationMs, drift, failure }: Reconciled): void {
  const { link } = object;
  const ready = readyVerdict({
    legs: build.legs,
    ...(build.effective !== undefined && { effective: build.effective }),
  });
  log.info(
    {
      link: link.key,
      source: link.stateMachine.accountId,
      target: link.targetRole.accountId,
      ready: ready.status,
      reason: failure?.reason ?? ready.reason,
      writes: build.applied.length,
      drift: drift.length,
      durationMs: Math.round(durationMs),
      ...(failure !== undefined && { failure: failure.message }),
    },
    'reconciled',
  );
}
