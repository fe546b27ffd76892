/** What to do about CRDs that the API server lacks, or has from an older version: the API server's answers do not say it. */
import type { Logger } from 'pino';
import { isUnknownField, isUnknownKind } from '../kubernetes/api-error.ts';

const APPLY =
  'apply those of this version (kubectl apply --server-side -f crds/); the operator then continues by itself';

/** One sentence for the log; undefined if the error has another cause. */
export function crdAdvice(error: unknown): string | undefined {
  if (isUnknownKind(error)) return `the CRDs are not installed: ${APPLY}`;
  if (isUnknownField(error)) return `the CRDs are older than this operator: ${APPLY}`;
  return undefined;
}

/** Logs what is tried again: as a warning or, if only a person can resolve it, as an error with what to do.
 *  @param facts logged with the message
 *  @param passing the message if it may pass by itself */
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
