/** What a row says of a condition, and while the operator has not written it yet. */
import { NOT_LOOKED_AT } from '../../api/conditions.ts';
import type { Condition } from '../../api/generated.ts';
import { cut } from '../../base/cut.ts';

/** Stands for a reason until the operator has looked at the object. */
export const WAITING = 'Waiting';

/** Characters of a message in a row: a fleet has thousands of them. */
const LONGEST_MESSAGE = 300;

/** The whole message of a condition. */
export function messageOf(condition: Condition | undefined): string {
  return condition?.message ?? NOT_LOOKED_AT;
}

/** The message as a row has it, cut at 300 characters. */
export function shortMessageOf(condition: Condition | undefined): string {
  return cut(messageOf(condition), LONGEST_MESSAGE);
}
