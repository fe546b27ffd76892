/** What to do about CRDs that the API server has not, or has from an older version: nothing else in an answer says it. */
import { isUnknownField, isUnknownKind } from '../kubernetes/api-error.ts';

const APPLY = 'apply those of this version (kubectl apply --server-side -f crds/), and it goes on by itself';

/** One sentence for the log; undefined for an error of another cause. */
export function crdAdvice(error: unknown): string | undefined {
  if (isUnknownKind(error)) return `the CRDs are not installed: ${APPLY}`;
  if (isUnknownField(error)) return `the CRDs are older than this operator: ${APPLY}`;
  return undefined;
}
