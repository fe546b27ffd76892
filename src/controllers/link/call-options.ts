/** The options with which a reconcile calls AWS: who waits for the call, and for how long it may wait. */
import type { CallOptions } from '../../aws/pace/lanes.ts';

/** How long a call may wait for its turn before the worker is given back. */
const MAX_CALL_WAIT_MS = 500;

/** Options for the calls of one reconcile, made on the account of a namespace. */
export function callsFor(namespace: string, urgency: CallOptions['urgency']): CallOptions {
  return { urgency, tenant: namespace, maxWaitMs: MAX_CALL_WAIT_MS };
}

/** How long the first call of a reconcile may wait. Nothing was done yet, so it is cheap to come back later. Otherwise the
 *  links of one busy account would hold all workers, although calls to other accounts could go out. */
const MAX_FIRST_CALL_WAIT_MS = 100;

/** Options for the first call of a reconcile, made on the account of a namespace. */
export function firstCallFor(namespace: string, urgency: CallOptions['urgency']): CallOptions {
  return { ...callsFor(namespace, urgency), maxWaitMs: MAX_FIRST_CALL_WAIT_MS };
}
