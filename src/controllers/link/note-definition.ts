/** What a reconcile leaves behind, so that the next one can see whether only the definition has changed. */
import type { AwsFailure } from '../../aws/errors/errors.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import type { LinkRecollection } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';

/** Remembers, after a reconcile, what `growthWaitsForEdit` compares with. An edit counts until the role has what the link needed
 *  then: what else keeps the link from being in order, as an older link's description, may do so for good. A link without a
 *  Task still waits for its definition. */
export function noteDefinition(
  { status, metadata }: LinkObject,
  memory: LinkRecollection,
  record: ReconcileRecord,
  failure: AwsFailure | undefined,
): void {
  const { legs, needed } = record;
  if (failure === undefined && legs.permissions?.kind === 'inSync' && record.noTasks === undefined) {
    memory.definitionInOrder = needed?.definition;
    memory.permissionsInOrder = needed?.permissions;
    memory.editedSince = false;
  } else if (status.observedGeneration !== metadata.generation) {
    memory.editedSince = true;
  }
}
