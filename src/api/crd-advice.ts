/** What to do about CRDs that the API server has not, or has from an older version: nothing else in an answer says it. */
import type { Logger } from 'pino';
import { isUnknownField, isUnknownKind } from '../kubernetes/api-error.ts';

const APPLY = 'apply those of this version (kubectl apply --server-side -f crds/), and it goes on by itself';

/** One sentence for the log; undefined for an error of another cause. */
export function crdAdvice(error: unknown): string | undefined {
  if (isUnknownKind(error)) return `the CRDs are not installed: ${APPLY}`;
  if (isUnknownField(error)) return `the CRDs are older than this operator: ${APPLY}`;
  return undefined;
}

/** Logs what is tried again: as a warning, or as an error with what to do where only a person can mend it.
 *  @param facts what is logged beside the message
 *  @param passing the message for what may pass by itself */
export function logFailure(
  log: Pick<Logger, 'warn' | 'error'>,
  error: unknown,
  facts: Readonly<Record<string, string>>,
  passing: string,
): void {
  const advice = crdAdvice(error);
  if (advice === undefined) log.warn(facts, passing);
  else log.error(facts, advice);
}
