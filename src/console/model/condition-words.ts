/** What a row says about a condition, even before the operator has written it. */
import { NOT_LOOKED_AT } from '../../api/conditions.ts';
import type { Condition } from '../../api/generated.ts';
import { cut } from '../../base/cut.ts';

/** Shown instead of a reason until the operator has reconciled the object. */
export const WAITING = 'Waiting';

/** How many characters of a message a row has: a fleet has thousands of rows. */
const LONGEST_MESSAGE = 300;

/** The whole message of a condition. */
export function messageOf(condition: Condition | undefined): string {
  return condition?.message ?? NOT_LOOKED_AT;
}

/** The message in a row, cut to 300 characters. */
export function shortMessageOf(condition: Condition | undefined): string {
  return cut(messageOf(condition), LONGEST_MESSAGE);
}
