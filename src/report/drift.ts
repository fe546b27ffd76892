/** Drift as it is reported: field, expected and found, cut to what a status allows. */
import { cut } from '../base/cut.ts';
import { printable } from '../base/printable.ts';
import type { DriftRecord, DriftStatus } from '../api/generated.ts';
import type { ObjectChanges } from '../plan/drift.ts';

/** Longest value in a status. What matters is usually at its beginning. */
const LONGEST_VALUE = 256;
/** How many records a status keeps. */
const KEPT_RECORDS = 10;

export interface Drift {
  readonly object: string;
  readonly field: string;
  readonly expected?: string;
  readonly found?: string;
  readonly repaired: boolean;
  /** Set only while the repair is under way and not reported yet. */
  readonly repairing?: true;
}

/** Changes by somebody else as they are reported. */
export function driftOf(
  changed: readonly ObjectChanges[],
  { repaired }: Pick<Drift, 'repaired'>,
): readonly Drift[] {
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

/** The status with new drift added, the newest first; the very same if there is none. A record of a repair under way keeps its
 *  place, and now says how it ended. */
export function recordDrift(
  before: DriftStatus | undefined,
  drift: readonly Drift[],
  now: string,
): DriftStatus | undefined {
  if (drift.length === 0) return before;
  const recent = [...(before?.recent ?? [])];
  const news: DriftRecord[] = [];
  for (const { object, field, ...values } of drift) {
    const record = { time: now, object: cutValue(object), field: cutValue(field), ...values };
    const place = recent.findIndex((known) => known.repairing === true && isSame(known, record));
    const known = recent[place];
    if (known === undefined) news.push(record);
    else recent[place] = { ...record, time: known.time };
  }
  const repairedTime = drift.some(({ repaired }) => repaired) ? now : before?.lastRepairedTime;
  return {
    total: (before?.total ?? 0) + news.length,
    lastDetectedTime: news.length > 0 ? now : (before?.lastDetectedTime ?? now),
    ...(repairedTime !== undefined && { lastRepairedTime: repairedTime }),
    recent: [...news, ...recent].slice(0, KEPT_RECORDS),
  };
}

/** What has to be recorded before it is repaired, as much as there is room for beside such records that exist already. */
export function newRepairs(before: DriftStatus | undefined, drift: readonly Drift[]): readonly Drift[] {
  const known = underRepair(before);
  return drift
    .filter((one) => !known.some((other) => isSame(one, other)))
    .slice(0, KEPT_RECORDS - known.length)
    .map(underRepairNow);
}

/** Repairs that were under way when the operator died, and whose object no longer differs.
 *  @param reported what is reported separately, or was reported by this process
 *  @param repairedIn whether an object is as it should be; undefined if it differs or that is not known */
export function interruptedRepairs(
  before: DriftStatus | undefined,
  reported: readonly Drift[],
  repairedIn: (object: string) => boolean | undefined,
): readonly Drift[] {
  return underRepair(before)
    .filter((one) => !reported.some((other) => isSame(one, other)))
    .flatMap((one) => {
      const repaired = repairedIn(one.object);
      return repaired === undefined ? [] : [{ ...differenceOf(one), repaired }];
    });
}

/** The reported drift that the status does not show as reported yet: a cache may go on showing it as being repaired. */
export function notYetShown(status: DriftStatus | undefined, reported: readonly Drift[]): readonly Drift[] {
  return reported
    .filter((one) => {
      const records = (status?.recent ?? []).filter((other) => isSame(one, other));
      return records.length === 0 || records.some(({ repairing }) => repairing === true);
    })
    .slice(-KEPT_RECORDS);
}

function underRepairNow(drift: Drift): Drift {
  return { ...drift, repairing: true };
}

function differenceOf({ object, field, expected, found }: DriftRecord): Difference {
  return {
    object,
    field,
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
  };
}

function underRepair(before: DriftStatus | undefined): readonly DriftRecord[] {
  return (before?.recent ?? []).filter(({ repairing }) => repairing === true);
}

type Difference = Pick<Drift, 'object' | 'field' | 'expected' | 'found'>;

function isSame(a: Difference, b: Difference): boolean {
  return (
    cutValue(a.object) === cutValue(b.object) &&
    cutValue(a.field) === cutValue(b.field) &&
    a.expected === b.expected &&
    a.found === b.found
  );
}

/** One sentence for an Event. */
export function driftSentence({ object, field, expected, found }: Drift): string {
  const was = found === undefined ? 'is missing' : `is ${found}`;
  const should = expected === undefined ? 'should not be there' : `should be ${expected}`;
  return `${field} of ${object} ${was}, ${should}.`;
}

/** A value as a status shows it. Somebody else wrote it, and whatever shows the status may not escape it. */
export function cutValue(value: string): string {
  return cutText(printable(value.slice(0, LONGEST_VALUE + 1)));
}

/** A text, cut to the length that a status allows. */
export function cutText(text: string): string {
  return cut(text, LONGEST_VALUE);
}
