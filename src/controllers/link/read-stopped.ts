/**
 * The state machine of a link that gets no further than its status is read all the same: links that share objects with it
 * depend on what it needs.
 */
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import { handlingOf } from '../objects/failure-handling.ts';
import type { UnreadLinks } from '../objects/unread-links.ts';
import type { LinkObject } from '../state/link-object.ts';
import { firstCallFor } from './call-options.ts';

/** Returns why the state machine could not be read, if another try may help.
 *  @throws any error but AwsFailure */
export async function readStopped(
  unreadLinks: Pick<UnreadLinks, 'readIfStopped'>,
  object: LinkObject,
): Promise<AwsFailure | undefined> {
  try {
    await unreadLinks.readIfStopped(object, firstCallFor(object.link.namespace, 'make'));
    return undefined;
  } catch (error) {
    if (error instanceof AwsFailure) return error;
    throw error;
  }
}

/** When to read it again after that failure.
 *  @throws the failure, if the queue is to try again with growing pauses */
export function readStoppedAgain(failure: AwsFailure): ReconcileResult {
  const { retry } = handlingOf(failure, { kind: 'backgroundRead' });
  if (retry.kind !== 'after') throw failure;
  return { requeueAfterMs: retry.ms };
}
