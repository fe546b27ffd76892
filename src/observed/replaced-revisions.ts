/** Revisions that DescribeStateMachine may still show although an own write replaced them. */
import type { ObservedStateMachine } from './objects.ts';

/** Revisions of a machine before own writes. They never come back: a read that shows one is behind. */
export interface ReplacedRevisions {
  readonly creationDate: string;
  readonly revisionIds: readonly string[];
  /** Until then a read may show one of them. */
  readonly until: number;
}

/** How long DescribeStateMachine may show the state before an own write: far longer than it takes.
 *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html */
const READ_LAG_MS = 60_000;

/** How many revisions are remembered of writes in a row. */
const MOST_REPLACED = 12;

/** The revisions that a write replaced, if AWS gave the new one an ID of its own. */
export function replacedBy(
  { revisionId, creationDate }: ObservedStateMachine,
  former: ObservedStateMachine | undefined,
  before: ReplacedRevisions | undefined,
  now: number,
): ReplacedRevisions | undefined {
  if (former?.revisionId === undefined || revisionId === undefined || former.revisionId === revisionId)
    return undefined;
  const earlier = before?.creationDate === creationDate ? before.revisionIds : [];
  return {
    creationDate,
    revisionIds: [former.revisionId, ...earlier].slice(0, MOST_REPLACED),
    until: now + READ_LAG_MS,
  };
}

/** Whether a read shows a revision that an own write replaced, within the time for which AWS may lag.
 *  @param now monotonic milliseconds */
export function isReplaced(
  { revisionId, creationDate }: ObservedStateMachine,
  replaced: ReplacedRevisions | undefined,
  now: number,
): boolean {
  return (
    replaced !== undefined &&
    now < replaced.until &&
    creationDate === replaced.creationDate &&
    revisionId !== undefined &&
    replaced.revisionIds.includes(revisionId)
  );
}
