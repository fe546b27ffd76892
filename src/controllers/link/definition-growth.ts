/** Who caused it that a link needs more than before: its owner, who edited the link, or whoever changed the definition.
 *  Where an account blocks growth (`definitionGrowth: Hold`), the latter waits until the link is edited. */
import type { AwsFailure } from '../../aws/errors.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import { LEGS } from '../../report/outcome.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import type { LinkRecollection } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';

/** Whether the definition has changed since the link was last in sync, and the link's spec has not. */
export function onlyDefinitionChanged(
  { status, metadata }: LinkObject,
  { definitionInOrder, editedSince }: LinkRecollection,
  { machine }: MachineView,
): boolean {
  if (editedSince || status.observedGeneration !== metadata.generation) return false;
  if (definitionInOrder !== undefined) return machine.definition !== definitionInOrder;
  const { stateMachineRevisionID: revisionInOrder } = status;
  return revisionInOrder !== undefined && machine.revisionId !== revisionInOrder;
}

/** Remembers, after a reconcile, what {@link onlyDefinitionChanged} compares with. */
export function noteDefinition(
  { status, metadata }: LinkObject,
  memory: LinkRecollection,
  record: ReconcileRecord,
  failure: AwsFailure | undefined,
): void {
  const inOrder = failure === undefined && LEGS.every((leg) => record.legs[leg]?.kind === 'inSync');
  if (inOrder) {
    memory.definitionInOrder = record.view?.machine.definition;
    memory.editedSince = false;
  } else if (status.observedGeneration !== metadata.generation) {
    memory.editedSince = true;
  }
}
