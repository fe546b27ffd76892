/** What to report when the cluster refuses to add or remove the operator's finalizer. */
import { cut } from '../base/cut.ts';
import { printable } from '../base/printable.ts';
import { stalled, type UnfinishedOutcome } from './outcome.ts';

/** How much of the API server's message is repeated: a webhook may say as much as it likes. */
const MOST_WORDS = 512;

/** The finalizer cannot be added.
 *  @param words of the API server */
export function finalizerRefused(words: string) {
  return {
    kind: 'stalled',
    reason: 'FinalizerRefused',
    message: `The operator may not add its finalizer to the object, and writes nothing to AWS without it: ${said(words)}.`,
  } as const;
}

/** The finalizer cannot be removed from an object whose deletion waits for nothing else.
 *  @param words of the API server */
export function finalizerStays(words: string): UnfinishedOutcome {
  const message = `The operator has done its part, and may not remove its finalizer from the object: ${said(words)}.`;
  return stalled('DeletionBlocked', message);
}

function said(words: string): string {
  return cut(printable(words.trim()), MOST_WORDS).replace(/\.$/u, '');
}
