/** Looks errors of AWS up in the one table that sorts them. */
import { ERROR_ROWS, type ErrorRow } from './error-rows.ts';
import type { Verdict } from './error-verdict.ts';

/**
 * Looks an error up. Names of objects are no words of AWS's: a state machine may be called `logging-audit`.
 * @param code AWS's, without the SDK's `Exception` ending; or node's, or an error's name
 * @param status of the HTTP answer, when there was one
 */
export function judge(code: string, wording: string, operation: string, status: number | undefined): Verdict {
  const words = withoutNames(wording);
  return ERROR_ROWS.find((row) => fits(row, code, words, operation)) ?? byStatus(status);
}

/** Of each ARN, what says which service it is of. IAM often says `role NAME` instead. */
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
  // 408 and 425 are said by proxies and load balancers, before anybody read the request.
  const isFinal = status !== undefined && status >= 400 && status < 500 && ![408, 425].includes(status);
  if (isFinal) {
    return { kind: 'terminal', reason: 'RequestRefused', advice: 'AWS does not take this request' };
  }
  return { kind: 'retryable', reason: 'Unavailable', advice: 'tried again' };
}
