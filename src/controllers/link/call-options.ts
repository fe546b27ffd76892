/** How a reconcile calls AWS. */
import type { CallOptions } from '../../aws/pace/lanes.ts';

/** How long a call may wait for its turn before the worker is given back. */
const MAX_CALL_WAIT_MS = 500;

/** The calls of one reconcile, on the account of a namespace. */
export function callsFor(namespace: string, urgency: CallOptions['urgency']): CallOptions {
  return { urgency, tenant: namespace, maxWaitMs: MAX_CALL_WAIT_MS };
}
