/** What a reconcile leaves in the memory of its link for the next one. */
import type { AwsFailure } from '../../aws/errors/errors.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import { markOf } from '../state/definition-growth.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';

/** After a reconcile without a failure: drops what an earlier failure left. */
export function noteSuccess(
  { context }: ResolvedLink,
  memory: LinkMemory,
  { pausing }: ReconcileRecord,
): void {
  memory.failures = 0;
  memory.failingSince = undefined;
  memory.legsInSync = undefined;
  memory.waitingSince = undefined;
  memory.pausing = pausing;
  memory.context = context;
}

/** After a reconcile, remembers what `growthWaitsForEdit` compares with. An edit counts until the role has what the link needed
 *  then. Whatever else keeps the link from being in order, such as an older link's description, may do so for good. A link
 *  without a Task still waits for its definition. */
export function noteDefinition(
  { status, metadata }: LinkObject,
  memory: LinkMemory,
  record: ReconcileRecord,
  failure: AwsFailure | undefined,
): void {
  const { legs, needed } = record;
  if (failure === undefined && legs.permissions?.kind === 'inSync' && record.noTasks === undefined) {
    memory.definitionInOrder = needed && markOf(needed.definition);
    memory.permissionsInOrder = needed?.permissions;
    memory.editedSince = false;
  } else if (status.observedGeneration !== metadata.generation) {
    memory.editedSince = true;
  }
}
