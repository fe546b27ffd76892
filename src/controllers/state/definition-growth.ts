/**
 * Who caused a link to need more than before: its owner, by an edit of the link, or whoever changed the definition. If an
 * account blocks growth (`definitionGrowth: Hold`), growth of the second kind waits until the link is edited.
 */
import { withinRules } from '../../access/permissions.ts';
import { growthIsBlocked, targetEntries } from '../../access/target.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { Statement } from '../../policy/document.ts';
import type { LinkMemory } from './link-memory.ts';
import type { LinkObject } from './link-object.ts';
import type { ResolvedLink } from './resolved-link.ts';

/** Whether additional needs of the link wait until somebody edits it. */
export function growthWaitsForEdit(
  { object, link, context }: Pick<ResolvedLink, 'object' | 'link' | 'context'>,
  memory: Readonly<LinkMemory>,
  view: MachineView,
): boolean {
  return (
    onlyDefinitionChanged(object, memory, view) &&
    growthIsBlocked(targetEntries(context.target.entries, link.targetRole))
  );
}

/** What the link needed when it was last in order, as far as the rules still allow it; undefined if this process has not seen
 *  it in order. */
export function permissionsBefore(
  { link, context }: Pick<ResolvedLink, 'link' | 'context'>,
  { permissionsInOrder }: Readonly<LinkMemory>,
): readonly Statement[] | undefined {
  if (permissionsInOrder === undefined) return undefined;
  const targets = targetEntries(context.target.entries, link.targetRole);
  return withinRules(targets, permissionsInOrder, context.takesNoResource);
}

/** Whether the definition has changed since the link was last in sync, and the link's spec has not. */
function onlyDefinitionChanged(
  { status, metadata }: LinkObject,
  { definitionInOrder, editedSince }: Readonly<LinkMemory>,
  { machine }: MachineView,
): boolean {
  if (editedSince || status.observedGeneration !== metadata.generation) return false;
  if (definitionInOrder !== undefined) return machine.definition !== definitionInOrder;
  const { stateMachineRevisionID: revisionInOrder } = status;
  return revisionInOrder !== undefined && machine.revisionId !== revisionInOrder;
}
