/** The state machine of a link that gets no further than its status is read all the same, for the sake of those beside it. */
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { handlingOf } from '../objects/failure-handling.ts';
import type { UnreadLinks } from '../objects/unread-links.ts';
import type { LinkObject } from '../state/link-object.ts';
import { firstCallFor } from './call-options.ts';

/** Returns why it could not be read, where another try may help.
 *  @throws what no AWSAccount is the cause of */
export async function readStopped(
  unread: Pick<UnreadLinks, 'readIfStopped'>,
  object: LinkObject,
): Promise<AwsFailure | undefined> {
  try {
    await unread.readIfStopped(object, firstCallFor(object.link.namespace, 'make'));
    return undefined;
  } catch (error) {
    if (error instanceof AwsFailure) return error;
    throw error;
  }
}

/** When it is to be read again after that.
 *  @throws the failure, where the queue is to try again with growing pauses */
export function readStoppedAgain(failure: AwsFailure): ReconcileResult {
  const { retry } = handlingOf(failure, { kind: 'backgroundRead' });
  if (retry.kind !== 'after') throw failure;
  return { requeueAfterMs: retry.ms };
}
