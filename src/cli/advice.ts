/** The first thing to do about a condition: what fits its very message, and else what fits its reason. */
import { REASONS, type Reason } from '../api/reasons.ts';
import { ERROR_ROWS } from '../aws/error-rows.ts';
import { SPECIAL_CASES, WAIT } from './advice-cases.ts';

export interface Advice {
  /** What the reason means in general; left out where the message is of a kind that this would not fit. */
  readonly meaning?: string;
  readonly remedy: string;
}

/** What to do about a condition with this reason and message; undefined for a reason that is not known here. */
export function adviceFor(reason: string, message: string): Advice | undefined {
  if (!isReason(reason)) return undefined;
  const special = SPECIAL_CASES[reason]?.find(({ when }) => when.test(message));
  if (special !== undefined) return { remedy: special.remedy };
  const row = awsRemedy(reason, message);
  if (row !== undefined) return { remedy: row };
  return REASONS[reason];
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}

/** AWS's refusals end with what to do, of the table of errors. */
function awsRemedy(reason: Reason, message: string): string | undefined {
  const text = message.replace(/\.$/, '');
  const row = ERROR_ROWS.filter(({ advice }) => text.endsWith(`; ${advice}`)).toSorted(
    (a, b) => b.advice.length - a.advice.length,
  )[0];
  if (row === undefined) return undefined;
  if (!NO_ADVICE.has(row.advice)) return `${row.advice.charAt(0).toUpperCase()}${row.advice.slice(1)}.`;
  return row.kind === 'terminal' || row.kind === 'notFound' || reason === 'PolicyRefused' ? undefined : WAIT;
}

/** Those that tell what happens by itself. */
const NO_ADVICE: ReadonlySet<string> = new Set([
  'the new leader goes on',
  "the account's calls are slowed down and tried again",
  'the session is renewed',
  'tried again',
  'IAM does not know the principal, or not yet; tried again',
  'there is no such object',
  'it is read again and planned again',
  'AWS does not take this request',
]);
