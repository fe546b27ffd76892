/** The cluster does not let the operator's finalizer come or go, in words for a person. */
import { cut } from '../base/cut.ts';
import { printable } from '../base/printable.ts';
import { stalled, type UnfinishedOutcome } from './outcome.ts';

/** Of what the API server says: a webhook may say as much as it likes. */
const MOST_WORDS = 512;

/** @param words of the API server */
export function finalizerRefused(words: string): Extract<UnfinishedOutcome, { kind: 'stalled' }> {
  return {
    kind: 'stalled',
    reason: 'FinalizerRefused',
    message: `The operator may not add its finalizer to the object, and writes nothing to AWS without it: ${said(words)}.`,
  };
}

/** Of an object whose deletion has nothing else to wait for. @param words of the API server */
export function finalizerStays(words: string): UnfinishedOutcome {
  const message = `The operator has done its part, and may not take its finalizer off the object: ${said(words)}.`;
  return stalled('DeletionBlocked', message);
}

function said(words: string): string {
  return cut(printable(words.trim()), MOST_WORDS).replace(/\.$/u, '');
}
