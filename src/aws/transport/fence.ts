/**
 * The last check before a request is sent, for each attempt of each write, so that a process that lost its lease while it
 * waited, slept or retried cannot write any more. What was already sent cannot be called back.
 */
import type { MetadataBearer, MiddlewareStack } from '@smithy/types';
import { Fenced } from '../errors/errors.ts';

/** Operations that change nothing in IAM and Step Functions, by the beginning of their names; all others are writes. */
const READS = /^(Get|List|Describe|Simulate|AssumeRole|Receive|DeleteMessage|ChangeMessageVisibility)/;

/** Whether an API operation changes what AWS holds. (Taking messages off a queue does not count.) */
export function isWrite(operation: string): boolean {
  return !READS.test(operation);
}

/** Adds the check to an SDK client's stack, after its retries and its signing. */
export function addFence<Input extends object, Output extends MetadataBearer>(
  stack: MiddlewareStack<Input, Output>,
  mayWrite: () => boolean,
): void {
  stack.add(
    (next, context) => async (args) => {
      const operation = context.commandName ?? 'unknown to us, so a write';
      if (isWrite(operation) && !mayWrite()) throw new Fenced();
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'crossAccountLinkFence' },
  );
}
