/** How a reconcile calls AWS. */
import type { CallOptions } from '../../aws/pace/lanes.ts';

/** How long a call may wait for its turn before the worker is given back. */
const MAX_CALL_WAIT_MS = 500;

/** The calls of one reconcile, on the account of a namespace. */
export function callsFor(namespace: string, urgency: CallOptions['urgency']): CallOptions {
  return { urgency, tenant: namespace, maxWaitMs: MAX_CALL_WAIT_MS };
}

/** The same for the call that a reconcile begins with. Nothing was done yet, so it comes again when its turn has come, and holds no
 *  worker: links of one busy account would hold all of them, while calls to other accounts could go out. */
const MAX_FIRST_CALL_WAIT_MS = 100;

/** The call that a reconcile begins with, on the account of a namespace. */
export function firstCallFor(namespace: string, urgency: CallOptions['urgency']): CallOptions {
  return { ...callsFor(namespace, urgency), maxWaitMs: MAX_FIRST_CALL_WAIT_MS };
}
