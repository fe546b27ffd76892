/** Drift as it is reported: field, expected and found, cut to what a status allows. */
import type { DriftRecord, DriftStatus } from '../api/generated.ts';
import type { ObjectChanges } from '../plan/drift.ts';

/** Longest value in a status; the point is at its beginning. */
const LONGEST_VALUE = 256;
/** How many records a status keeps. */
const KEPT_RECORDS = 10;

export interface Drift {
  readonly object: string;
  readonly field: string;
  readonly expected?: string;
  readonly found?: string;
  readonly repaired: boolean;
}

/** What somebody else changed, as it is told. */
export function driftOf(changed: readonly ObjectChanges[], repaired: boolean): readonly Drift[] {
  return changed.flatMap(({ object, changes }) =>
    changes.map(({ path, before, after }) => ({
      object,
      field: path,
      ...(after !== undefined && { expected: cutValue(after) }),
      ...(before !== undefined && { found: cutValue(before) }),
      repaired,
    })),
  );
}

/** The status with new drift in it, the newest first; the very same when there is none. */
export function recordDrift(
  before: DriftStatus | undefined,
  drift: readonly Drift[],
  now: string,
): DriftStatus | undefined {
  if (drift.length === 0) return before;
  const records = drift.map(({ object, field, ...values }): DriftRecord => ({
    time: now,
    object: cutValue(object),
    field: cutValue(field),
    ...values,
  }));
  const repairedTime = drift.some(({ repaired }) => repaired) ? now : before?.lastRepairedTime;
  return {
    total: (before?.total ?? 0) + drift.length,
    lastDetectedTime: now,
    ...(repairedTime !== undefined && { lastRepairedTime: repairedTime }),
    recent: [...records, ...(before?.recent ?? [])].slice(0, KEPT_RECORDS),
  };
}

/** One sentence for an Event. */
export function driftSentence({ object, field, expected, found }: Drift): string {
  const was = found === undefined ? 'is missing' : `is ${found}`;
  const should = expected === undefined ? 'should not be there' : `should be ${expected}`;
  return `${field} of ${object} ${was}, ${should}.`;
}

/** A value as a status holds it. The cut may go through a character of two code units, half of which would be no text. */
export function cutValue(value: string): string {
  return value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE - 1).toWellFormed()}…` : value;
}
