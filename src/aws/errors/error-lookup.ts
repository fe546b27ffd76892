/** Looks up errors of AWS in the one table that sorts them. */
import { ERROR_ROWS, type ErrorRow } from './error-rows.ts';
import type { Verdict } from './error-verdict.ts';

/** Looks up an error. Names of objects in its message are left out, because they are not AWS's words: a state machine may be
 *  called `logging-audit`.
 *  @param code AWS's, without the SDK's `Exception` ending; or node's, or an error's name
 *  @param status of the HTTP answer, if there was one */
export function judge(code: string, wording: string, operation: string, status: number | undefined): Verdict {
  const words = withoutNames(wording);
  return ERROR_ROWS.find((row) => fits(row, code, words, operation)) ?? byStatus(status);
}

/** Keeps of each ARN only the part that names its service. IAM often says `role NAME` instead. */
function withoutNames(wording: string): string {
  return wording
    .replaceAll(/\b(arn:[^\s:"']*:[^\s:"']*:)[^\s:"']*:[^\s:"']*:[^\s"']*/g, '$1')
    .replaceAll(/\bon resource: (role|policy|user|group|instance profile) [^\s:]+/g, 'on resource: $1');
}

function fits(row: ErrorRow, code: string, wording: string, operation: string): boolean {
  return (
    row.codes.includes(code) &&
    (row.operations?.includes(operation) ?? true) &&
    (row.wording?.test(wording) ?? true)
  );
}

function byStatus(status: number | undefined): Verdict {
  if (status === 429) return { kind: 'throttled', reason: 'Throttled', advice: 'tried again more slowly' };
  // Proxies and load balancers answer 408 and 425 before anybody has read the request.
  const isFinal = status !== undefined && status >= 400 && status < 500 && ![408, 425].includes(status);
  if (isFinal) {
    return { kind: 'terminal', reason: 'RequestRefused', advice: 'AWS does not accept this request' };
  }
  return { kind: 'retryable', reason: 'Unavailable', advice: 'tried again' };
}
