/** What a reconcile leaves behind, so that the next one can see whether only the definition has changed. */
import type { AwsFailure } from '../../aws/errors/errors.ts';
import { LEGS } from '../../report/outcome.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import type { LinkRecollection } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';

/** Remembers, after a reconcile, what `growthWaitsForEdit` compares with. */
export function noteDefinition(
  { status, metadata }: LinkObject,
  memory: LinkRecollection,
  record: ReconcileRecord,
  failure: AwsFailure | undefined,
): void {
  const inOrder = failure === undefined && LEGS.every((leg) => record.legs[leg]?.kind === 'inSync');
  if (inOrder) {
    memory.definitionInOrder = record.view?.machine.definition;
    memory.permissionsInOrder = record.permissions;
    memory.editedSince = false;
  } else if (status.observedGeneration !== metadata.generation) {
    memory.editedSince = true;
  }
}
