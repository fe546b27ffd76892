/**
 * Who caused a link to need more than before: its owner, by an edit of the link, or whoever changed the definition. If an
 * account blocks growth (`definitionGrowth: Hold`), growth of the second kind waits until the link is edited.
 */
import { hash } from 'node:crypto';
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
    growthIsBlocked(targetEntries(context.target.entries, link.targetRole)) &&
    onlyDefinitionChanged(object, memory, view)
  );
}

/** In characters. */
const LONGEST_KEPT = 65_536;

/** What tells a definition from others: the text itself, or a digest of a long one. A link that keeps the text of before its
 *  Credentials were written keeps up to 1 MiB. */
export function markOf(definition: string): string {
  return definition.length <= LONGEST_KEPT ? definition : hash('sha256', definition, 'base64');
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
  if (definitionInOrder !== undefined) return markOf(machine.definition) !== definitionInOrder;
  const { stateMachineRevisionID: revisionInOrder } = status;
  return revisionInOrder !== undefined && machine.revisionId !== revisionInOrder;
}
